import { Chunk, type PolledOffer } from './chunk.ts'

/** A chunk as it is stored. */
export type ChunkRow = [since: number, polls: Buffer]

/**
 * Steps through the history of a product in a window: first how the offers stood at its beginning, then how
 * they stood after each later poll up to its end. It is no generator, because a trend takes thousands of
 * steps.
 */
export class ChunkCursor {
  readonly #rows: ChunkRow[]
  readonly #from: number
  readonly #to: number
  #chunk: Chunk | undefined
  #next = 0
  /** The time of this step, epoch ms. */
  at: number
  /** The changes that its poll found; none at the beginning. */
  changed: readonly PolledOffer[] = []
  /** The offers on sale then. The next step changes them in place: copy one to keep it. */
  onSale: readonly PolledOffer[] = []

  /**
   * `rows` begin with the chunk that `from` is in, or with the first one. Only `finish` reads those that
   * begin after `to`.
   */
  constructor(rows: ChunkRow[], from: number, to: number) {
    this.#rows = rows
    this.#from = from
    this.#to = to
    this.at = from
  }

  /** Takes a step, the first one to the beginning; false where there is none left. */
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

  /** Reads all polls that are left, also those after the window; false where there are none. */
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
