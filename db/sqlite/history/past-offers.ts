import type { Database } from 'better-sqlite3'
import { lastOf } from '../../../history/window-parts.ts'
import type { Offer } from '../../../schemas/offer.ts'
import { toTime } from '../../../schemas/to-time.ts'
import type { HistoryReader } from '../../encoding/history-reader.ts'
import { byPrice, toOffer } from '../../encoding/shown-offer.ts'
import { present } from '../../present.ts'

/** Gives the function that tells how the offers of a product stood at a moment. */
export function pastOffersReader(db: Database, reader: HistoryReader) {
  const selectOffer = db.prepare<[number, number], { id: string; firstSeenAt: number }>(
    'SELECT id, first_seen_at AS firstSeenAt FROM offers WHERE product_key = ? AND number = ?',
  )
  const selectCheckedAt = db
    .prepare<{ key: number; at: number }, number | null>(
      `SELECT min(@at, max(until)) FROM (
         SELECT until FROM (SELECT until FROM coverage
           WHERE product_key = @key AND since <= @at AND good ORDER BY since DESC LIMIT 1)
         UNION ALL
         SELECT checked_at FROM refreshes WHERE product_key = @key AND covered_since <= @at)`,
    )
    .pluck()

  /** Cheapest first, then by id; `checkedAt` is until when, `at` at most, this was known to be so. */
  return (key: number, at: number, now: number): { items: Offer[]; checkedAt: number | null } => {
    const onSale = reader.onSaleAt(key, at, lastOf(at, now))
    const items = onSale.map((state) => {
      const { number } = state
      const offer = selectOffer.get(key, number)
      const { id, firstSeenAt } = present(
        offer,
        'offer',
        number,
        'of the product with the key',
        key,
      )
      return toOffer(id, toTime(firstSeenAt), state)
    })
    return { items: items.sort(byPrice), checkedAt: selectCheckedAt.get({ key, at }) ?? null }
  }
}
