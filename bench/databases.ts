import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { makeDatabase } from './database/make.ts'
import { LONGEST_TICK_MS } from './database/polls.ts'
import { compactAll, compactionAt } from './database/retention.ts'
import { changesIn, type DatabaseShape } from './database/shape.ts'

/** Returns the path of a copy of the database, which the caller may change. */
export type Databases = (name: string, shape: DatabaseShape) => Promise<string>

/** The description of a database that is kept for later runs, in a file next to it. */
interface DatabaseNote {
  now: number
  shape: DatabaseShape
}

/**
 * Whether a database made at `then` can still be used at `now`: nothing has become due, and the market is the same.
 */
function isFresh(then: number, now: number): boolean {
  const sameTick = Math.floor(then / LONGEST_TICK_MS) === Math.floor(now / LONGEST_TICK_MS)
  return sameTick && compactionAt(then).rollBefore === compactionAt(now).rollBefore
}

async function isKept(path: string, shape: DatabaseShape): Promise<boolean> {
  const text = await readFile(`${path}.json`, 'utf8').catch(() => undefined)
  if (text === undefined) return false
  const note: DatabaseNote = JSON.parse(text)
  return isDeepStrictEqual(note.shape, shape) && isFresh(note.now, Date.now())
}

async function make(path: string, shape: DatabaseShape): Promise<void> {
  const began = performance.now()
  const now = Date.now()
  for (const end of ['.json', '', '-wal', '-shm']) await rm(path + end, { force: true })
  makeDatabase(path, shape, now)
  await compactAll(path, now)
  const note: DatabaseNote = { now, shape }
  await writeFile(`${path}.json`, JSON.stringify(note))
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`made a database with ${changesIn(shape)} changes in ${seconds} s`)
}

/** Returns copies of databases. Makes each in `keep` on first use, unless there is one from the same day. */
export function databases(folder: string, keep: string): Databases {
  let copies = 0
  return async (name, shape) => {
    await mkdir(keep, { recursive: true })
    const path = join(keep, `${name}.db`)
    if (!(await isKept(path, shape))) await make(path, shape)
    const copy = join(folder, `${name}-${copies++}.db`)
    await copyFile(path, copy)
    return copy
  }
}
