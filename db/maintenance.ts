import type { Finding } from './damage.ts'

/** Who hears of the progress of long work, and can end it. */
export interface ProgressOptions {
  signal?: AbortSignal
  onProgress?(done: number, total: number): void
}

/** What a copy of a database contains. */
export interface CopySummary {
  products: number
  bytes: number
}

/** What an operator does with a database, beside running the service on it. */
export interface Maintenance {
  /** How messages name the database. */
  readonly name: string
  /** Whether there is something that `restore` would replace. */
  exists(): boolean
  /**
   * Writes a copy of the live database to `file`, once it is checked. It holds everything that was
   * acknowledged before this began.
   */
  backUp(file: string, options: ProgressOptions): Promise<CopySummary>
  /**
   * Replaces the database with the backup in `file`, which is checked first. Rejects where another process
   * has the database open; whatever fails, it keeps what it holds.
   */
  restore(file: string, options: ProgressOptions): Promise<CopySummary>
  /** Finds what is damaged, whoever reads and writes meanwhile. Rejects where it is no database of ours. */
  check(options: ProgressOptions): Promise<Finding[]>
  /**
   * Puts a database that is made anew from what the damaged one has in its place, once it is checked, and
   * gives the path at which the damaged one is kept. Rejects where a service has it open, and where a table
   * is damaged that the others cannot make up for; then it stays as it was.
   */
  repair(now: Date, options: ProgressOptions): Promise<string>
}
