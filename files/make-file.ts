import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder with those above it, where missing. (`mkdir` of Node.js with `recursive` never ends
 * where a file system lets nobody make one, as /proc does: it always takes ENOENT for a missing parent.)
 */
function make(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
    const parent = dirname(folder)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) throw error
    make(parent)
    mkdirSync(folder)
  }
}

/** Makes the folder of a file, with those above it, where missing. Throws with what to do. */
export function makeFolderOf(path: string): void {
  const folder = dirname(path)
  try {
    make(folder)
  } catch (cause) {
    throw new Error(
      `${(cause as Error).message}; make the folder ${folder}, or choose a path in a folder that this ` +
        'user can write to',
      { cause },
    )
  }
}

/**
 * Makes an empty file for its owner alone where it is missing. One that is there is not opened: closing
 * any descriptor of a file drops all the locks that this process has on it.
 */
export function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
