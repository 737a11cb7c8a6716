import type { Finding } from './damage.ts'

/** How to follow a long operation, and how to abort it. */
export interface ProgressOptions {
  signal?: AbortSignal
  onProgress?(done: number, total: number): void
}

/** What a copy of a database contains. */
export interface CopySummary {
  products: number
  bytes: number
}

/** The operations on a database that an operator runs from the command line. */
export interface Maintenance {
  /** The name of the database in messages. */
  readonly name: string
  /** Whether there is a database, which `restore` would replace. */
  exists(): boolean
  /**
   * Copies the live database to `file` and checks the copy. It contains every write that was acknowledged
   * before the call.
   */
  backUp(file: string, options: ProgressOptions): Promise<CopySummary>
  /**
   * Checks the backup in `file`, then replaces the database with it. Rejects if another process has the
   * database open; on any failure, the database stays as it was.
   */
  restore(file: string, options: ProgressOptions): Promise<CopySummary>
  /** Finds damage, while others may read and write. Rejects if the file is not a database of this service. */
  check(options: ProgressOptions): Promise<Finding[]>
  /**
   * Rebuilds the database from the intact parts of the damaged one, checks it, and puts it in its place.
   * Returns the path at which the damaged one is kept. Rejects if a service has the database open, or if a
   * damaged table cannot be rebuilt from the others; the database then stays as it was.
   */
  repair(now: Date, options: ProgressOptions): Promise<string>
}
