import { closeSync, openSync, readSync, realpathSync } from 'node:fs'
import type { Database } from 'better-sqlite3'

/**
 * The offset of the commit counter in the WAL index, in native byte order
 * (https://www.sqlite.org/walformat.html, section 2.1).
 */
const OFFSET = 8

/**
 * The number of transactions committed to a database in WAL mode, by any process. No reader sees a commit before it is
 * counted, and the count can be read without a transaction. `PRAGMA data_version` only tells whether there were
 * commits, not how many, so a commit by another process could hide among our own.
 */
export class CommitCount {
  #descriptor: number | undefined
  readonly #count = new Uint32Array(1)
  readonly #bytes = new Uint8Array(this.#count.buffer)

  /** The database at `path` must be open. */
  constructor(path: string) {
    try {
      this.#descriptor = openSync(`${realpathSync(path)}-shm`, 'r')
    } catch {
      // Without the file, the count is unknown: see `read`.
    }
  }

  /** The count; NaN, which equals no count, if it is unknown. */
  read(): number {
    if (this.#descriptor === undefined) return Number.NaN
    const read = readSync(this.#descriptor, this.#bytes, 0, this.#bytes.length, OFFSET)
    return read === this.#bytes.length ? Number(this.#count[0]) : Number.NaN
  }

  /**
   * Closes the file. Call it after the connections are closed, because closing a descriptor drops all locks on the
   * file.
   */
  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}

export interface CommitReport {
  /** The number of commits by anyone; NaN if it is unknown. */
  commits: number
  /** Whether other connections may have committed since the last report. */
  foreign: boolean
}

/** Makes the function that reports on the commits of a connection and of others, for use between its transactions. */
export function commitReports(connection: Database, count: CommitCount): () => CommitReport {
  /** Changes when another connection has committed. */
  const selectDataVersion = connection.prepare<[], number>('PRAGMA data_version').pluck()
  let version: number | undefined
  return () => {
    const before = version
    try {
      // The count is read first: otherwise it could include a commit by others that `foreign` does not report.
      const commits = count.read()
      version = selectDataVersion.get()
      return { commits, foreign: version !== before }
    } catch {
      return { commits: Number.NaN, foreign: true } // The file cannot be read.
    }
  }
}
