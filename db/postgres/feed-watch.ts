import { setTimeout as delay } from 'node:timers/promises'
import type { ConnectionConfig } from './config.ts'
import { Notifications } from './notifications.ts'
import { type Queryable, readOne } from './reader.ts'
import { selectLastSeq } from './reads.ts'

/** How often the counter of the feed is read, to find what other instances have committed. */
const POLL_MS = 250

/**
 * Knows the `seq` of the last change, and tells its listeners when it grows. The counter in the database is the truth;
 * a notification is only a hint to read it sooner.
 */
export class FeedWatch {
  readonly #db: Queryable
  readonly #notifications: Notifications | undefined
  readonly #listeners = new Set<(lastSeq: number) => void>()
  readonly #closing = new AbortController()
  readonly #failed: (error: Error) => void
  lastSeq = 0

  /** A pooler does not pass on notifications. `failed` is called if the feed has become shorter. */
  constructor(db: Queryable, config: ConnectionConfig, failed: (error: Error) => void) {
    this.#db = db
    this.#failed = failed
    const read = () => void this.#readCounter().catch(() => {}) // The next read follows soon.
    if (!config.pooled) this.#notifications = new Notifications(db, config, read)
    void this.#follow()
  }

  listen(listener: (lastSeq: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The feed has reached this change. */
  reached(seq: number): void {
    if (seq <= this.lastSeq) return
    this.lastSeq = seq
    for (const listener of this.#listeners) listener(seq)
  }

  /** Call it when this instance has committed changes up to `seq`. */
  committed(seq: number): void {
    this.reached(seq)
    this.#notifications?.notify()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#notifications?.close()
  }

  async #readCounter(): Promise<void> {
    const known = this.lastSeq
    const { seq } = await readOne(this.#db, selectLastSeq)
    this.reached(seq)
    if (seq >= known || this.lastSeq < known) return // Another read has reported it.
    this.lastSeq = seq
    this.#failed(
      new Error(
        `The database lacks changes that it had before: those from ${seq + 1} to ${known}. Either another server ` +
          'took over without the last transactions, or a backup was restored. Restart the service',
      ),
    )
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      try {
        // Not awaited: if the server has no connection left for this, reading the counter regularly is enough.
        void this.#notifications?.listen().catch(() => {})
        await delay(POLL_MS, undefined, { signal, ref: false })
        await this.#readCounter()
      } catch {
        // The store is closed, or the database cannot be reached. The next read catches up.
      }
    }
  }
}
