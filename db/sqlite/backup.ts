import { isSameFile } from '../file-path.ts'
import { writeWhole } from '../whole-file.ts'
import { type CopyOptions, type CopySummary, copyDatabase } from './copy.ts'

/** Rejects where the file of a backup is that of the database, whatever their names. */
export async function assertApart(file: string, path: string): Promise<void> {
  if (await isSameFile(file, path)) throw new Error(`${file} is the database itself`)
}

/**
 * Makes a copy of the live database at `path` and puts it in the place of `file` when it is found good.
 * It holds everything that was acknowledged before this began.
 */
export async function backUp(
  path: string,
  file: string,
  options?: CopyOptions,
): Promise<CopySummary> {
  await assertApart(file, path)
  return writeWhole(file, (temporary) => copyDatabase(path, temporary, options))
}
