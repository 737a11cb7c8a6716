import type { Database } from 'better-sqlite3'
import type { OfferChange, OfferState } from '../../../history/offer-state.ts'
import { CHUNK_BYTES, encodeOpening, encodePoll } from '../../encoding/chunk.ts'

/** The chunk of a product's history that the next poll goes to. */
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
  // What is joined to a blob is text until it is cast, with its bytes as they were.
  const append = db.prepare(
    `UPDATE history SET until = ?, polls = CAST(polls || ? AS BLOB)
     WHERE product_key = ? AND since = ?`,
  )

  return {
    /**
     * Where an observation made at `at` goes. Its time is that unless the clock stepped back: then it is
     * just after the last one, because the order of the observations stays.
     */
    placeFor(productKey: number, at: number): ChunkPlace {
      const last = selectLast.get(productKey)
      return { at: last ? Math.max(at, last.until + 1) : at, last }
    },

    /** Adds what a poll found changed; `before` is what was on sale until then. */
    add(productKey: number, place: ChunkPlace, before: OfferState[], changes: OfferChange[]): void {
      const { at, last } = place
      if (last && last.size < CHUNK_BYTES) {
        const poll = encodePoll(at - last.until, changes)
        append.run(at, poll, productKey, last.since)
      } else {
        // As they were first seen, whatever their prices are.
        const opening = before.toSorted((a, b) => a.number - b.number)
        const polls = Buffer.concat([encodeOpening(opening, at), encodePoll(0, changes)])
        insert.run(productKey, at, at, polls)
      }
    },
  }
}
