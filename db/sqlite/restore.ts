import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import Database from 'better-sqlite3'
import { realFile } from '../../files/file-path.ts'
import { makeFolderOf } from '../../files/make-file.ts'
import { assertReplaceable, writeWhole } from '../../files/whole-file.ts'
import type { CopySummary, ProgressOptions } from '../maintenance.ts'
import { assertNotDatabase, LOG_SUFFIXES } from './backup.ts'
import { copyDatabase } from './copy.ts'
import { lockDatabase } from './lock.ts'

/**
 * Opens a database exclusively, because programs such as the sqlite3 shell ignore our own lock. Throws if another
 * process has it open.
 */
function claim(path: string): Database.Database {
  const connection = new Database(path, { timeout: 0 })
  try {
    connection.pragma('journal_mode = DELETE') // SQLite refuses this while another connection is open.
    connection.exec('BEGIN EXCLUSIVE')
    return connection
  } catch (error) {
    connection.close()
    const { message } = error as Error
    throw new Error(
      message === 'database is locked'
        ? `${path} is open in another process, such as the service; stop that first`
        : `it is unknown whether ${path} is open in another process (${message}); move it away first`,
    )
  }
}

async function replace(temporary: string, path: string): Promise<void> {
  const claimed = existsSync(path) ? claim(path) : undefined
  try {
    for (const suffix of LOG_SUFFIXES) await rm(path + suffix, { force: true })
    await rename(temporary, path)
  } finally {
    claimed?.close()
  }
}

/**
 * Checks the backup `file`, and replaces the database at `path` with a copy of it, following symbolic links. Rejects if
 * another process has the database open. If anything fails, the database stays as it is.
 */
export async function restore(
  file: string,
  path: string,
  options?: ProgressOptions,
): Promise<CopySummary> {
  await assertNotDatabase(file, path)
  await assertReplaceable(path)
  makeFolderOf(path)
  const lock = await lockDatabase(await realFile(path), { waitMs: 0 })
  try {
    return await writeWhole(path, (temporary) => copyDatabase(file, temporary, options), replace)
  } finally {
    lock.release()
  }
}
