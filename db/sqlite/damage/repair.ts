import { statSync } from 'node:fs'
import { copyFile, rename, rm } from 'node:fs/promises'
import { realFile } from '../../../files/file-path.ts'
import { writeWhole } from '../../../files/whole-file.ts'
import { linesOf } from '../../damage.ts'
import type { ProgressOptions } from '../../maintenance.ts'
import { LOG_SUFFIXES } from '../backup.ts'
import { lockDatabase } from '../lock.ts'
import { checkDatabase } from './check.ts'
import { rebuild } from './rebuild.ts'

/** The path at which the damaged file is kept, in case more can be recovered one day. */
const asideOf = (file: string, now: Date) =>
  `${file}.damaged-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`

/**
 * Rebuilds the damaged database at `path` into a new file, checks that, and puts it in place of the damaged one.
 * Returns the path at which the damaged one is kept. Rejects, and changes nothing, if a service has it open or if a
 * damaged table cannot be rebuilt from the others.
 */
export async function repair(
  path: string,
  now: Date,
  options: ProgressOptions = {},
): Promise<string> {
  const file = await realFile(path)
  const aside = asideOf(file, now)
  const lock = await lockDatabase(file, { waitMs: 0 })

  async function make(temporary: string): Promise<void> {
    rebuild(file, temporary)
    const found = await checkDatabase(temporary, options)
    if (found.length > 0) throw new Error(`it is still damaged: ${linesOf(found).join('; ')}`)
  }

  async function exchange(temporary: string): Promise<void> {
    // The latest writes may still be in the log. It is kept with the damaged file, and must not meet the new one.
    for (const suffix of ['', ...LOG_SUFFIXES]) {
      const size = statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0
      if (size > 0) await copyFile(file + suffix, aside + suffix)
    }
    for (const suffix of LOG_SUFFIXES) await rm(file + suffix, { force: true })
    await rename(temporary, file)
  }

  try {
    await writeWhole(file, make, exchange)
    return aside
  } finally {
    lock.release()
  }
}
