import type { Database } from 'better-sqlite3'

/**
 * The transaction in which a connection reads. It lasts at most one turn of the event loop. All reads of a turn see
 * the same snapshot, and lock the file only once.
 */
export class ReadTransaction {
  readonly #connection: Database
  readonly #begin
  readonly #end
  #open = false

  constructor(connection: Database) {
    this.#connection = connection
    this.#begin = connection.prepare('BEGIN')
    this.#end = connection.prepare('ROLLBACK')
  }

  /** Begins the transaction, unless it began in this turn. Returns whether it began now. */
  begin(): boolean {
    if (this.#open) return false
    if (!this.#connection.inTransaction) this.#begin.run()
    this.#open = true
    setImmediate(() => this.end())
    return true
  }

  /** Whether the transaction is open. After `end` it still is if it could not be ended. */
  get isOpen(): boolean {
    return this.#connection.inTransaction
  }

  /**
   * Ends the transaction, so that the next read sees later commits. It is rolled back, because a commit would report
   * a damaged page once more with nobody to catch the error, which would end the process. A transaction that stays
   * open is used in the next turn.
   */
  end(): void {
    if (!this.#open) return
    this.#open = false
    if (!this.#connection.inTransaction) return // Some errors end the transaction.
    try {
      this.#end.run()
    } catch {
      // The next read reports the error.
    }
  }
}
