import { stat } from 'node:fs/promises'
import { isSpecial, realFile } from '../../files/file-path.ts'
import { makeFile, makeFolderOf } from '../../files/make-file.ts'
import { type DatabaseLock, type LockOptions, lockDatabase } from './lock.ts'

/** A database file that this process has locked. */
export interface ClaimedFile {
  /** Its path, with symbolic links resolved. */
  file: string
  lock: DatabaseLock
}

/**
 * Rejects a file with hard links. SQLite names the log after the path it opens, so processes that open the file by
 * different names would not see each other's writes.
 */
async function assertNoHardLinks(file: string): Promise<void> {
  const { nlink } = await stat(file)
  if (nlink === 1) return
  throw new Error(
    `${file} has ${nlink} names (hard links), but SQLite keeps its log next to only ` +
      'one of them; remove the other names, or use a copy',
  )
}

/**
 * Locks the database at `path` for this process, and creates it and its folder if they are missing. Symbolic links
 * are resolved first, so that lock and log are next to the file itself.
 */
export async function claimFile(path: string, options: LockOptions): Promise<ClaimedFile> {
  makeFolderOf(path)
  if (await isSpecial(path)) throw new Error(`${path} is not a regular file`)
  const file = await realFile(path)
  const lock = await lockDatabase(file, options)
  try {
    makeFile(file) // It contains the token of the Offers service, so only its owner may read it.
    await assertNoHardLinks(file)
    return { file, lock }
  } catch (error) {
    lock.release()
    throw error
  }
}
