import { stat } from 'node:fs/promises'
import { isSpecial, realFile } from '../../files/file-path.ts'
import { makeFile, makeFolderOf } from '../../files/make-file.ts'
import { type DatabaseLock, type LockOptions, lockDatabase } from './lock.ts'

/** A database file that no other process opens meanwhile. */
export interface ClaimedFile {
  /** Its path, with symbolic links resolved. */
  file: string
  lock: DatabaseLock
}

/** A link in another folder would have SQLite put the log of the same database elsewhere. */
async function assertOneName(file: string): Promise<void> {
  const { nlink } = await stat(file)
  if (nlink === 1) return
  throw new Error(
    `${file} has ${nlink} names (hard links), but SQLite keeps what was written last beside one of ` +
      'them; remove the other names, or use a copy',
  )
}

/** Locks the database at `path` for this process, and makes it with its folder where it is missing. */
export async function claimFile(path: string, options: LockOptions): Promise<ClaimedFile> {
  makeFolderOf(path)
  if (await isSpecial(path)) throw new Error(`${path} is no regular file`)
  const file = await realFile(path)
  const lock = await lockDatabase(file, options)
  try {
    makeFile(file) // It holds the token of the Offers service, which is for nobody else to read.
    await assertOneName(file)
    return { file, lock }
  } catch (error) {
    lock.release()
    throw error
  }
}
