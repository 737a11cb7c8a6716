import { isSameFile, realFile } from '../../files/file-path.ts'
import { writeWhole } from '../../files/whole-file.ts'
import type { CopySummary, ProgressOptions } from '../maintenance.ts'
import { copyDatabase } from './copy.ts'
import { LOCK_SUFFIX } from './lock.ts'

/** The name endings of files that SQLite treats as part of the database. */
export const LOG_SUFFIXES = ['-wal', '-shm', '-journal']

/** Rejects if the file of the backup is the database itself, under another name or path. */
export async function assertNotDatabase(file: string, path: string): Promise<void> {
  if (await isSameFile(file, path)) throw new Error(`${file} is the database itself`)
}

/** Rejects if the backup would replace a file that belongs to the database. */
async function assertNotPartOfDatabase(file: string, path: string): Promise<void> {
  const [target, database] = [await realFile(file), await realFile(path)]
  for (const suffix of [...LOG_SUFFIXES, LOCK_SUFFIX]) {
    if (target === database + suffix)
      throw new Error(`${file} belongs to the database; choose another`)
  }
}

/**
 * Copies the live database to `path`, checks the copy, and then moves it to `file`. The copy contains everything that
 * was acknowledged before the call.
 */
export async function backUp(
  path: string,
  file: string,
  options?: ProgressOptions,
): Promise<CopySummary> {
  await assertNotDatabase(file, path)
  await assertNotPartOfDatabase(file, path)
  return writeWhole(file, (temporary) => copyDatabase(path, temporary, options))
}
