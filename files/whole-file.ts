import { mkdtemp, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isSpecial, realFile } from './file-path.ts'

async function flush(path: string): Promise<void> {
  const handle = await open(path)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Rejects where there is something at a path that is not a regular file. */
export async function assertReplaceable(path: string): Promise<void> {
  if (await isSpecial(path)) throw new Error(`${path} is not a regular file and cannot be replaced`)
}

/**
 * Has `write` make a file at a path for the time being, in the same folder, and puts it in the place of
 * `path` when it is whole and on the disk; of a link, in the place of the file that it names. Where
 * anything fails, whatever was at `path` is still there. Rejects where that is not a regular file.
 */
export async function writeWhole<T>(
  path: string,
  write: (temporary: string) => Promise<T>,
  putInPlace: (temporary: string, file: string) => Promise<void> = rename,
): Promise<T> {
  await assertReplaceable(path)
  const file = await realFile(path)
  const folder = await mkdtemp(`${file}.`)
  try {
    const temporary = join(folder, basename(file))
    const result = await write(temporary)
    await flush(temporary)
    await putInPlace(temporary, file)
    await flush(dirname(file))
    return result
  } finally {
    await rm(folder, { recursive: true })
  }
}
