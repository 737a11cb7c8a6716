import type { OfferChange, OfferState } from '../../../history/offer-state.ts'
import { CHUNK_BYTES, encodeOpening, encodePoll } from '../../encoding/chunk.ts'
import type { LastChunk } from './state.ts'

/** What to write of a chunk: all of it if it is new, else the bytes to append. */
export interface WrittenChunk extends LastChunk {
  isNew: boolean
  bytes: Buffer[]
}

/** The chunks of one product to which polls are added. */
export class ChunkAppender {
  #last: LastChunk | null
  readonly written: WrittenChunk[] = []

  constructor(last: LastChunk | null) {
    this.#last = last
  }

  /** The time of the last change; null if there was none. */
  get until(): number | null {
    return this.#last?.until ?? null
  }

  /**
   * The time under which an observation made at `at` is stored. If the clock was put back, that is just after the
   * last one, so that observations stay in their order.
   */
  timeFor(at: number): number {
    return this.#last ? Math.max(at, this.#last.until + 1) : at
  }

  /** Adds the changes that a poll found; `before` is what was on sale until then. */
  add(at: number, before: readonly OfferState[], changes: OfferChange[]): void {
    const last = this.#last
    if (last && last.size < CHUNK_BYTES) {
      this.#append(last, at, encodePoll(at - last.until, changes))
      return
    }
    // The encoding expects offers in the order in which they were first seen; `before` is sorted by price.
    const opening = before.toSorted((a, b) => a.number - b.number)
    const polls = Buffer.concat([encodeOpening(opening, at), encodePoll(0, changes)])
    this.#write({ since: at, until: at, size: polls.length, isNew: true, bytes: [polls] })
  }

  #append(last: LastChunk, at: number, poll: Buffer): void {
    const written = this.written.at(-1)
    const size = last.size + poll.length
    if (written?.since !== last.since) {
      this.#write({ ...last, until: at, size, isNew: false, bytes: [poll] })
      return
    }
    written.bytes.push(poll)
    Object.assign(written, { until: at, size })
  }

  #write(chunk: WrittenChunk): void {
    this.#last = chunk
    this.written.push(chunk)
  }
}
