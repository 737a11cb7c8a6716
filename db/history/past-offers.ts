import { lastOf } from '../../history/window-parts.ts'
import type { Offer } from '../../schemas/offer.ts'
import { toTime } from '../../schemas/to-time.ts'
import type { HistoryReader } from '../encoding/history-reader.ts'
import { byPrice, toOffer } from '../encoding/shown-offer.ts'
import { present } from '../present.ts'
import type { HistorySource } from './source.ts'

/** Makes the function that reads the offers of a product that were on sale at a given time. */
export function pastOffersReader(source: HistorySource, reader: HistoryReader) {
  /** Cheapest first, then by id; `checkedAt` is the latest time, at most `at`, for which they are known. */
  return (key: number, at: number, now: number): { items: Offer[]; checkedAt: number | null } => {
    const onSale = reader.onSaleAt(key, at, lastOf(at, now))
    const items = onSale.map((state) => {
      const { number } = state
      const offer = source.offer(key, number)
      const { id, firstSeenAt } = present(
        offer,
        'offer',
        number,
        'of the product with the key',
        key,
      )
      return toOffer(id, toTime(firstSeenAt), state)
    })
    return { items: items.sort(byPrice), checkedAt: source.knownUntil(key, at) }
  }
}
