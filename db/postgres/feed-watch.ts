import { setTimeout as delay } from 'node:timers/promises'
import { type Queryable, readOne } from './reader.ts'
import { selectLastSeq } from './reads.ts'

/** How often the counter of the feed is read, to notice what other instances have committed. */
const POLL_MS = 250

/** Knows the number of the last change, and tells its listeners when it grows. */
export class FeedWatch {
  readonly #db: Queryable
  readonly #listeners = new Set<(lastSeq: number) => void>()
  readonly #closing = new AbortController()
  lastSeq = 0

  constructor(db: Queryable) {
    this.#db = db
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

  close(): void {
    this.#closing.abort()
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      try {
        await delay(POLL_MS, undefined, { signal, ref: false })
        this.reached((await readOne(this.#db, selectLastSeq)).seq)
      } catch {
        // The store is closed, or the database cannot be reached: the next look may find more.
      }
    }
  }
}
