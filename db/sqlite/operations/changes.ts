import type { Database } from 'better-sqlite3'
import type { Sighting } from '../../../alerts/watch.ts'
import type { OfferChange } from '../../../history/offer-state.ts'
import { encodeChanges, kindOf, POLL, type PRODUCT_CHANGES } from '../../encoding/changes.ts'
import { encodeAlert } from '../../encoding/feed-rows.ts'

/** The `seq` of the last change ever written. */
export const LAST_SEQ = `(SELECT max(compacted_seq, coalesce((SELECT max(seq) FROM changes), 0)) FROM totals)`

/**
 * Writes the change feed, in the transaction of the changes themselves. Each `seq` is derived from the last row, so a
 * transaction that is rolled back leaves no gap.
 */
export function changeLog(db: Database) {
  const insert = db.prepare(
    `INSERT INTO changes (seq, at, kind, product_key, offers, tags)
     VALUES (${LAST_SEQ} + ?, ?, ?, ?, ?, ?)`,
  )
  const insertAlert = db.prepare(
    `INSERT INTO changes (seq, at, kind, product_key, offers, alert)
     VALUES (${LAST_SEQ} + 1, ?, ${POLL}, ?, x'', ?)`,
  )

  return {
    /** `tags` are those before the change, as JSON, if it changes them or deletes the product. */
    product(
      type: (typeof PRODUCT_CHANGES)[number],
      productKey: number | bigint,
      at: number,
      tags: string | null = null,
    ): void {
      insert.run(1, at, kindOf(type), productKey, null, tags)
    },

    offers(productKey: number, at: number, changes: OfferChange[]): void {
      const offers = encodeChanges(changes)
      insert.run(changes.length, at, POLL, productKey, offers, null)
    },

    /** An alert fired for a product. */
    alert(id: string, productKey: number, sighting: Sighting): void {
      insertAlert.run(sighting.at, productKey, encodeAlert(id, sighting))
    },
  }
}
