import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { writeWhole } from '../whole-file.ts'
import { assertApart } from './backup.ts'
import { type CopyOptions, type CopySummary, copyDatabase } from './copy.ts'

/** What SQLite would take for a part of the database beside it. */
const SUFFIXES = ['-wal', '-shm', '-journal']

/** Opens a database so that nobody else can. Throws where somebody has it open. */
function claim(path: string): Database.Database {
  const connection = new Database(path, { timeout: 0 })
  try {
    connection.pragma('journal_mode = DELETE') // Is refused while another connection is open.
    connection.exec('BEGIN EXCLUSIVE')
    return connection
  } catch (error) {
    connection.close()
    const { message } = error as Error
    throw new Error(
      message === 'database is locked'
        ? `${path} is open in another process, such as the service; stop that first`
        : `nobody can tell whether ${path} is open in another process (${message}); move it away first`,
    )
  }
}

async function replace(temporary: string, path: string): Promise<void> {
  const claimed = existsSync(path) ? claim(path) : undefined
  try {
    for (const suffix of SUFFIXES) await rm(path + suffix, { force: true })
    await rename(temporary, path)
  } finally {
    claimed?.close()
  }
}

/**
 * Puts a copy of the backup `file`, which is found good first, in the place of the database at `path`,
 * behind all links.
 * Rejects where a service has that open; whatever fails, it keeps what it holds.
 */
export async function restore(
  file: string,
  path: string,
  options?: CopyOptions,
): Promise<CopySummary> {
  await assertApart(file, path)
  await mkdir(dirname(path), { recursive: true })
  return writeWhole(path, (temporary) => copyDatabase(file, temporary, options), replace)
}
