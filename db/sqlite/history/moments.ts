import { Chunk, type PolledOffer } from './polls.ts'

/** A chunk as it lies in the database. */
export type ChunkRow = [since: number, polls: Buffer]

/**
 * Goes through the moments of a window: how the offers stood at its beginning, and after each poll behind
 * that up to its end. No generator, since a trend goes through thousands of them.
 */
export class Moments {
  readonly #rows: ChunkRow[]
  readonly #from: number
  readonly #to: number
  #chunk: Chunk | undefined
  #next = 0
  /** When the moment is. */
  at: number
  /** What its poll found changed; nothing at the beginning. */
  changed: readonly PolledOffer[] = []
  /** The offers on sale then. They change with the next moment: who keeps one copies it. */
  onSale: readonly PolledOffer[] = []

  /**
   * The chunks must begin with the one that `from` is in, or with the first one. Those that begin after `to`
   * are for `finish`.
   */
  constructor(rows: ChunkRow[], from: number, to: number) {
    this.#rows = rows
    this.#from = from
    this.#to = to
    this.at = from
  }

  /** Goes to the next moment, at first to the first one; false where there is none. */
  next(): boolean {
    for (;;) {
      const chunk = this.#chunk
      if (chunk && chunk.nextAt <= this.#to) {
        this.at = chunk.nextAt
        chunk.next()
        this.changed = chunk.changed
        return true
      }
      if (chunk && !chunk.done) return false
      const row = this.#rows[this.#next++]
      if (!row) return false
      const opened = this.#chunk !== undefined
      this.#chunk = new Chunk(...row)
      this.onSale = this.#chunk.onSale
      if (!opened) {
        this.#open(this.#chunk)
        return true
      }
    }
  }

  /**
   * Goes on to how the offers stand after all that the chunks have, also after the end of the window; false
   * where there is nothing more.
   */
  finish(): boolean {
    let more = false
    for (let chunk = this.#chunk; chunk; ) {
      for (; !chunk.done; more = true) chunk.next()
      const row = this.#rows[this.#next++]
      if (!row) break
      chunk = new Chunk(...row)
      this.#chunk = chunk
      this.onSale = chunk.onSale
    }
    return more
  }

  #open(chunk: Chunk): void {
    while (chunk.nextAt <= this.#from) chunk.next()
  }
}
