import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { makeDatabase } from './database/make.ts'
import { LONGEST_TICK_MS } from './database/polls.ts'
import { compactAll, compactionAt } from './database/retention.ts'
import { changesIn, type Shape } from './database/shape.ts'

/** Gives the path of a database of a shape, which is the caller's own. */
export type Databases = (name: string, shape: Shape) => Promise<string>

/** What is kept beside a database that outlives the run. */
interface Note {
  now: number
  shape: Shape
}

/** Whether one made at `then` is still as good at `now`: nothing is due, and the market is the same. */
function isFresh(then: number, now: number): boolean {
  const sameTick = Math.floor(then / LONGEST_TICK_MS) === Math.floor(now / LONGEST_TICK_MS)
  return sameTick && compactionAt(then).rollBefore === compactionAt(now).rollBefore
}

async function isKept(path: string, shape: Shape): Promise<boolean> {
  const text = await readFile(`${path}.json`, 'utf8').catch(() => undefined)
  if (text === undefined) return false
  const note: Note = JSON.parse(text)
  return isDeepStrictEqual(note.shape, shape) && isFresh(note.now, Date.now())
}

async function make(path: string, shape: Shape): Promise<void> {
  const began = performance.now()
  const now = Date.now()
  for (const end of ['.json', '', '-wal', '-shm']) await rm(path + end, { force: true })
  makeDatabase(path, shape, now)
  await compactAll(path, now)
  const note: Note = { now, shape }
  await writeFile(`${path}.json`, JSON.stringify(note))
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`made a database of ${changesIn(shape)} changes in ${seconds} s`)
}

/** Makes databases in `keep` when they are first asked for, or takes those of the day, and copies them. */
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
