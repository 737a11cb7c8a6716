import { stat } from 'node:fs/promises'
import { writeWhole } from '../whole-file.ts'
import { type CopyOptions, type CopySummary, copyDatabase } from './copy.ts'

/** Rejects where the file of a backup is that of the database, whatever their names. */
export async function assertApart(file: string, path: string): Promise<void> {
  const [a, b] = await Promise.all([file, path].map((name) => stat(name).catch(() => undefined)))
  const same = a && b && a.dev === b.dev && a.ino === b.ino
  if (same) throw new Error(`${file} is the database itself`)
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
