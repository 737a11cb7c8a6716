import { readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

/** The file at a path, with symbolic links resolved; undefined if it cannot be read. */
const at = (path: string) => stat(path, { bigint: true }).catch(() => undefined)

/** Whether two paths name one regular file, by whatever names and links. */
export async function isSameFile(path: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([at(path), at(other)])
  return a?.isFile() === true && a.dev === b?.dev && a.ino === b.ino
}

/** Whether there is something at a path that is not a regular file, such as a pipe or a device. */
export async function isSpecial(path: string): Promise<boolean> {
  const found = await at(path)
  return found !== undefined && !found.isFile()
}

/**
 * The path of a file, with symbolic links resolved. Neither the file nor the target of a link needs to exist;
 * its folder has to: rejects with its name where it is missing.
 */
export async function realFile(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const folder = await realpath(dirname(path)).catch((cause) => {
      throw new Error(`there is no folder ${dirname(path)}`, { cause })
    })
    const file = join(folder, basename(path))
    const target = await readlink(file).catch(() => undefined)
    return target === undefined ? file : realFile(resolve(folder, target))
  }
}
