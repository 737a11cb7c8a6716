import { mkdtemp, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

async function flush(path: string): Promise<void> {
  const handle = await open(path)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Has `write` make a file at a path for the time being, in the same folder, and puts it in the place of
 * `path` when it is whole and on the disk. Where anything fails, whatever was at `path` is still there.
 */
export async function writeWhole<T>(
  path: string,
  write: (temporary: string) => Promise<T>,
  putInPlace: (temporary: string, path: string) => Promise<void> = rename,
): Promise<T> {
  const folder = await mkdtemp(`${path}.`)
  try {
    const temporary = join(folder, basename(path))
    const result = await write(temporary)
    await flush(temporary)
    await putInPlace(temporary, path)
    await flush(dirname(path))
    return result
  } finally {
    await rm(folder, { recursive: true })
  }
}
