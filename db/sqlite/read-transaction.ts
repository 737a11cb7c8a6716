import type { Database } from 'better-sqlite3'

/**
 * The transaction in which a connection reads. It lasts for a turn of the event loop at most: whatever
 * is read in that time is as of one moment, and the file is locked once for all of it.
 */
export class ReadTransaction {
  readonly #connection: Database
  readonly #begin
  readonly #end
  #open = false

  constructor(connection: Database) {
    this.#connection = connection
    this.#begin = connection.prepare('BEGIN')
    this.#end = connection.prepare('COMMIT')
  }

  /** Begins, unless it has begun in this turn. */
  begin(): void {
    if (this.#open) return
    this.#begin.run()
    this.#open = true
    setImmediate(() => this.end())
  }

  /** Ends, so that the next read sees what was committed since it began. */
  end(): void {
    if (!this.#open) return
    this.#open = false
    if (this.#connection.inTransaction) this.#end.run() // Some errors end it.
  }
}
