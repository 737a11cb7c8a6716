import type { HistoryCursor, PolledOffer } from '../../history/offer-state.ts'
import { Chunk } from './chunk.ts'

/** A stored chunk. */
export type ChunkRow = [since: number, polls: Buffer]

/** Steps through the chunks of a product. */
export class ChunkCursor implements HistoryCursor {
  readonly #rows: ChunkRow[]
  readonly #from: number
  readonly #to: number
  #chunk: Chunk | undefined
  #next = 0
  at: number
  changed: readonly PolledOffer[] = []
  onSale: readonly PolledOffer[] = []

  /**
   * `rows` start with the chunk that contains `from`, or with the first one. Only `finish` reads chunks that
   * begin after `to`.
   */
  constructor(rows: ChunkRow[], from: number, to: number) {
    this.#rows = rows
    this.#from = from
    this.#to = to
    this.at = from
  }

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
