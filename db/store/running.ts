import type { ReadyCounts } from './ready.ts'

/** A part of the database that cannot be read, or no longer contains what was written to it. */
export interface Damage {
  /** The engine's name for it. */
  part: string
  /** What users lose through the damage, in words. */
  means: string
  /** What was found there. */
  detail: string
}

/** Callbacks with which an engine reports on its work. */
export interface StoreObserver {
  /** Another process has the database open. The start waits for it to stop, for up to `waitMs`. */
  waiting?(waitMs: number): void
  /** The start is reindexing all products for search, and has done this many. */
  indexing?(done: number, total: number): void
  /** A transaction was committed, with its number of writes and its duration in ms. */
  committed(durationMs: number, writes: number): void
  /**
   * The database is no longer at its path, so every write is refused until the store is reopened. Its
   * contents can still be read.
   */
  lost?(error: Error): void
  /** The store must be reopened: nothing can be written, or the database lacks changes that it had before. */
  failed(error: Error): void
  /** An operation met damage, and a check of the database found this, possibly nothing. */
  damaged?(damage: readonly Damage[]): void
}

/** How an instance uses a database server. */
export interface ServerOptions {
  /** How many connections it opens: one writes, the others read. */
  connections: number
  /** The longest that a statement may take, or wait for a lock. */
  timeoutMs: number
  /**
   * Whether it listens for notifications, on one more connection. Not through a pooler that gives each transaction
   * another session.
   */
  listen: boolean
}

/** The options of every engine. */
export interface StoreOptions {
  /** The time in epoch milliseconds. */
  clock: () => number
  /** Generates the id of a new product, a UUIDv7. */
  newId: () => string
  /** A product that was last checked longer ago than this, or in the future, is stale. */
  staleAfterMs: number
  /** How long to wait for another process that holds the database exclusively, such as one that is stopping. */
  waitMs?: number
  /** How much memory ready answers may take, in bytes; none by default. For an engine that uses no server. */
  readyBytes?: number
  /** For an engine that uses a server. */
  server?: ServerOptions
  /** In place of the clock of a database that instances share, for tests. */
  databaseClock?: () => number
  observer?: StoreObserver
}

/** The state of the store, for the process that runs it. */
export interface RunningStore {
  /**
   * The time, in epoch milliseconds, by which work is due and products are stale: that of this process, or that of the
   * database if several instances share it.
   */
  readonly clock: () => number
  /**
   * How many instances share the database, this one included. One that joins or ends is counted within the time of two
   * leases.
   */
  readonly instances: number
  /** How many writes are waiting for their commit. */
  readonly queuedWrites: number
  /** How many reads ready answers saved. */
  readonly ready: ReadyCounts
  /** The parts that operations since the start have found, or may have found, damaged. */
  readonly damage: readonly Damage[]
  /** Rejects if the store cannot read, or cannot create a product. */
  check(): Promise<void>
  /** Finishes the writes that were accepted, then closes. */
  close(): Promise<void>
}
