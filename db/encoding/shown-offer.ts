import type { OfferState } from '../../history/offer-state.ts'
import type { Offer } from '../../schemas/offer.ts'
import { toTime } from '../../schemas/to-time.ts'

/** An offer on sale as the API shows it; `first_seen_at` as it is shown. */
export function toOffer(id: string, first_seen_at: string, state: OfferState): Offer {
  return {
    id,
    price: state.price,
    items_in_stock: state.itemsInStock,
    first_seen_at,
    changed_at: toTime(state.changedAt),
    lowest_prior_30d: state.lowestPrior,
  }
}

/** Compares offers as the API orders them: the cheapest first, then by id. */
export function byPrice(a: Pick<Offer, 'price' | 'id'>, b: Pick<Offer, 'price' | 'id'>): number {
  return a.price - b.price || (a.id < b.id ? -1 : 1)
}
