/** A part of the database that cannot be read, or does not hold what was written to it. */
export interface Damage {
  /** What the engine calls it. */
  part: string
  /** What that takes from people, in words. */
  means: string
  /** What was found there. */
  detail: string
}

/** What an engine tells of its work. */
export interface StoreObserver {
  /** Another process has the database open. The start waits for it to stop, for up to `waitMs`. */
  waiting?(waitMs: number): void
  /** The start indexes all products for search anew, and has done so many of them. */
  indexing?(done: number, total: number): void
  /** A transaction with so many writes was committed in so many ms. */
  committed(durationMs: number, writes: number): void
  /**
   * The database is not at its path any more, so every write is refused until the store is opened anew.
   * What it holds can still be read.
   */
  lost?(error: Error): void
  /** Nothing can be written any more, until the store is opened anew. */
  failed(error: Error): void
  /** An operation met damage, and this is what was found when it was looked for; it can be nothing. */
  damaged?(damage: readonly Damage[]): void
}

/** What every engine needs to know. */
export interface StoreOptions {
  /** The time in epoch milliseconds. */
  clock: () => number
  /** Makes a new product's id, a UUIDv7. */
  newId: () => string
  /** A product that was last checked longer ago than this, or in the future, is stale. */
  staleAfterMs: number
  /** How long to wait for another process that has the database to itself, such as one that is stopping. */
  waitMs?: number
  observer?: StoreObserver
}

/** What the process that runs the store has to know of it. */
export interface RunningStore {
  /** How many writes wait for their commit. */
  readonly queuedWrites: number
  /** What operations since the start have met as damaged, or may have. */
  readonly damage: readonly Damage[]
  /** Rejects where the store cannot read, or cannot create a product. */
  check(): Promise<void>
  /** Finishes the writes that were accepted, then closes. */
  close(): Promise<void>
}
