import { rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { makeFile } from '../../files/make-file.ts'

/** A lock file has the name of the database with this suffix. */
export const LOCK_SUFFIX = '.lock'

/** How long to wait for the lock by default. A service takes at most ten seconds to stop. */
const WAIT_MS = 15_000

/** The time between two attempts. */
const RETRY_MS = 50

export interface LockOptions {
  /** How long to wait for the process that holds the lock. */
  waitMs?: number
  /** Called if another process has the lock and this one waits. */
  onWait?(waitMs: number): void
}

/** The right to be the only process that writes to a database. */
export interface DatabaseLock {
  release(): void
}

const inodeOf = (file: string) => statSync(file, { bigint: true, throwIfNoEntry: false })?.ino

interface Held {
  connection: Database.Database
  inode: bigint
}

/** Tries to take the lock. Returns undefined if another process has it. */
function take(file: string): Held | undefined {
  let connection: Database.Database | undefined
  try {
    makeFile(file)
    const inode = inodeOf(file)
    connection = new Database(file, { timeout: 0 })
    connection.pragma('journal_mode = MEMORY') // Nothing is written, so no journal file is needed.
    connection.exec('BEGIN EXCLUSIVE')
    if (inode !== undefined && inodeOf(file) === inode) return { connection, inode }
    connection.close() // The previous owner removed this file before we locked it, so the lock means nothing.
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
 * Locks the database at `path`, whose symbolic links must be resolved, against every other process that takes this
 * lock, in any container: services, and the commands that replace or repair a database. Readers take no lock.
 *
 * It is a lock of the operating system on an empty file next to the database, so it ends with the process, however
 * that ends. SQLite takes it, because Node.js has no API for file locks. The file is removed before the lock is
 * released; a file that is left after a crash locks nothing.
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

/** Releases the lock; a second call does nothing. A lock file that another process has created meanwhile stays. */
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
