import { isSameFile, realFile } from '../../files/file-path.ts'
import { writeWhole } from '../../files/whole-file.ts'
import type { CopySummary, ProgressOptions } from '../maintenance.ts'
import { copyDatabase } from './copy.ts'
import { LOCK_SUFFIX } from './lock.ts'

/** What SQLite takes for a part of the database beside it. */
export const LOG_SUFFIXES = ['-wal', '-shm', '-journal']

/** Rejects where the file of a backup is that of the database, whatever their names. */
export async function assertApart(file: string, path: string): Promise<void> {
  if (await isSameFile(file, path)) throw new Error(`${file} is the database itself`)
}

/** Rejects where a backup would take the place of a file that belongs to the database. */
async function assertNoPart(file: string, path: string): Promise<void> {
  const [target, database] = [await realFile(file), await realFile(path)]
  for (const suffix of [...LOG_SUFFIXES, LOCK_SUFFIX]) {
    if (target === database + suffix)
      throw new Error(`${file} belongs to the database; choose another`)
  }
}

/**
 * Makes a copy of the live database at `path` and puts it in the place of `file` when it is found good.
 * It holds everything that was acknowledged before this began.
 */
export async function backUp(
  path: string,
  file: string,
  options?: ProgressOptions,
): Promise<CopySummary> {
  await assertApart(file, path)
  await assertNoPart(file, path)
  return writeWhole(file, (temporary) => copyDatabase(path, temporary, options))
}
