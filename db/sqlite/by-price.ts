import type { Offer } from '../../schemas/offer.ts'

/** Compares offers as the API orders them: the cheapest first, then by id. */
export function byPrice(a: Pick<Offer, 'price' | 'id'>, b: Pick<Offer, 'price' | 'id'>): number {
  return a.price - b.price || (a.id < b.id ? -1 : 1)
}
