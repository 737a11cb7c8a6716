import { lowestOf } from './lowest.ts'

/** An offer as a poll found it. */
interface Observed {
  id: string
  price: number
  items_in_stock: number
}

/** An offer on sale before the poll. */
interface OnSale {
  number: number
  price: number
  itemsInStock: number
  shown: { id: string }
}

/** The difference between the offers that a poll found and those on sale before it. */
export interface OfferDiff<Known> {
  /** Offers that are new, returned, or changed in price or stock, in the order observed. */
  differing: { offer: Observed; before: Known | null }[]
  /** Offers that the poll did not find, in the order in which they were first seen. */
  missing: Known[]
  offersCount: number
  /** The lowest price in stock; null if nothing is in stock. */
  lowestPrice: number | null
}

/** Compares the offers that a poll found with those on sale before it. */
export function offerDiff<Known extends OnSale>(
  onSale: readonly Known[],
  observed: readonly Observed[],
): OfferDiff<Known> {
  const left = new Map<string, Known>()
  for (const offer of onSale) left.set(offer.shown.id, offer)
  const differing: OfferDiff<Known>['differing'] = []
  for (const offer of observed) {
    const { id, price, items_in_stock } = offer
    const before = left.get(id) ?? null
    left.delete(id)
    if (before?.price === price && before.itemsInStock === items_in_stock) continue
    differing.push({ offer, before })
  }
  const missing = [...left.values()].sort((a, b) => a.number - b.number)
  const lowest = lowestOf(
    observed.map(({ price, items_in_stock: itemsInStock }) => ({ price, itemsInStock })),
  )
  return { differing, missing, offersCount: observed.length, lowestPrice: lowest?.price ?? null }
}
