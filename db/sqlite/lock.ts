import { rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { makeFile } from '../../files/make-file.ts'

/** The ending of the name of a lock file. */
export const LOCK_SUFFIX = '.lock'

/** The default wait: a service that is stopping ends within ten seconds. */
const WAIT_MS = 15_000

/** The time between two attempts. */
const RETRY_MS = 50

export interface LockOptions {
  /** How long to wait for the process that holds the lock. */
  waitMs?: number
  /** Called if another process has the lock and this one waits. */
  onWait?(waitMs: number): void
}

/** The right to be the only service on a database. */
export interface DatabaseLock {
  release(): void
}

const inodeOf = (file: string) => statSync(file, { bigint: true, throwIfNoEntry: false })?.ino

interface Held {
  connection: Database.Database
  inode: bigint
}

/** Returns undefined if another process has the lock. */
function take(file: string): Held | undefined {
  let connection: Database.Database | undefined
  try {
    makeFile(file)
    const inode = inodeOf(file)
    connection = new Database(file, { timeout: 0 })
    connection.pragma('journal_mode = MEMORY') // Nothing is written, so no journal file is needed.
    connection.exec('BEGIN EXCLUSIVE')
    if (inode !== undefined && inodeOf(file) === inode) return { connection, inode }
    connection.close() // The previous owner has removed the file that this lock is on.
    return undefined
  } catch (error) {
    connection?.close()
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY') return undefined
    throw new Error(
      `the lock file ${file} cannot be used (${(error as Error).message}); the user who runs this ` +
        `must be able to write to the folder ${dirname(file)}`,
      { cause: error },
    )
  }
}

/**
 * Locks the database at `path`, with symbolic links resolved, against every other process that takes this lock, in
 * any container: services, and the commands that replace or repair a database. Readers take no lock.
 *
 * The lock is an operating system lock on an empty file next to the database, so it ends with the process, however
 * that ends. SQLite takes it, because Node.js has no API for that. The file is removed before the lock is released;
 * one that a crash leaves behind locks nothing.
 *
 * Rejects if another process still holds the lock after `waitMs`.
 */
export async function lockDatabase(path: string, options: LockOptions = {}): Promise<DatabaseLock> {
  const { waitMs = WAIT_MS, onWait } = options
  const file = path + LOCK_SUFFIX
  const deadline = performance.now() + waitMs
  for (let first = true; ; first = false) {
    const held = take(file)
    if (held) return { release: () => release(file, held) }
    if (performance.now() >= deadline) throw new Error(takenMessage(path, waitMs))
    if (first) onWait?.(waitMs)
    await sleep(RETRY_MS)
  }
}

/** Idempotent. A lock file that another process has created in the meantime stays. */
function release(file: string, { connection, inode }: Held): void {
  if (!connection.open) return
  if (inodeOf(file) === inode) rmSync(file)
  connection.close()
}

function takenMessage(path: string, waitMs: number): string {
  const taken = `${path} is open in another process, such as the service`
  if (waitMs === 0) return `${taken}; stop that first`
  return (
    `${taken}, which did not stop within ${waitMs / 1000} s; stop that first, or set DATABASE_URL to ` +
    'another file'
  )
}
