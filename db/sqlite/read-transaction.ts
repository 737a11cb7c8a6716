import type { Database } from 'better-sqlite3'

/**
 * The transaction in which a connection reads. It lasts at most one turn of the event loop: all reads in that
 * time see one snapshot, and the file is locked once for all of them.
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

  /** Begins, unless it has begun in this turn. */
  begin(): void {
    if (this.#open) return
    if (!this.#connection.inTransaction) this.#begin.run()
    this.#open = true
    setImmediate(() => this.end())
  }

  /**
   * Ends, so that the next read sees what was committed since it began. It is rolled back, since a commit
   * reports a damaged page that was read in it once more, and nobody is there to hear of it: what this
   * throws would end the process. A transaction that is open after all is used in the next turn.
   */
  end(): void {
    if (!this.#open) return
    this.#open = false
    if (!this.#connection.inTransaction) return // Some errors end it.
    try {
      this.#end.run()
    } catch {
      // Whoever reads next is told.
    }
  }
}
