import type { Database } from 'better-sqlite3'
import type { OfferChange, OfferState } from '../../../history/offer-state.ts'
import { CHUNK_BYTES, encodeOpening, encodePoll } from '../../encoding/chunk.ts'

/** The chunk that the next poll of a product is added to. */
interface LastChunk {
  since: number
  until: number
  size: number
}

/** Where an observation goes in the history of a product. */
interface ChunkPlace {
  at: number
  last: LastChunk | undefined
}

/** Writes the history of offers. */
export function historyLog(db: Database) {
  const selectLast = db.prepare<[number], LastChunk>(
    `SELECT since, until, length(polls) AS size FROM history
     WHERE product_key = ? ORDER BY since DESC LIMIT 1`,
  )
  const insert = db.prepare(
    `INSERT INTO history (product_key, since, until, polls)
     VALUES (?, ?, ?, ?)`,
  )
  // `||` makes text of two blobs; the cast makes it a blob again, with the same bytes.
  const append = db.prepare(
    `UPDATE history SET until = ?, polls = CAST(polls || ? AS BLOB)
     WHERE product_key = ? AND since = ?`,
  )

  return {
    /**
     * The place of an observation at `at`. If the clock stepped back, it gets a time just after the last observation,
     * so that the history stays in order.
     */
    placeFor(productKey: number, at: number): ChunkPlace {
      const last = selectLast.get(productKey)
      return { at: last ? Math.max(at, last.until + 1) : at, last }
    },

    /** Adds the changes that a poll found; `before` is what was on sale until then. */
    add(productKey: number, place: ChunkPlace, before: OfferState[], changes: OfferChange[]): void {
      const { at, last } = place
      if (last && last.size < CHUNK_BYTES) {
        const poll = encodePoll(at - last.until, changes)
        append.run(at, poll, productKey, last.since)
      } else {
        // The encoding expects offers in the order in which they were first seen; `before` is sorted by price.
        const opening = before.toSorted((a, b) => a.number - b.number)
        const polls = Buffer.concat([encodeOpening(opening, at), encodePoll(0, changes)])
        insert.run(productKey, at, at, polls)
      }
    },
  }
}
