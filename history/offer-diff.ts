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
  const known = new Map(onSale.map((offer) => [offer.shown.id, offer]))
  const ids = new Set(observed.map(({ id }) => id))
  const lowest = lowestOf(
    observed.map(({ price, items_in_stock: itemsInStock }) => ({ price, itemsInStock })),
  )
  return {
    differing: observed.flatMap((offer) => {
      const before = known.get(offer.id) ?? null
      const same = before?.price === offer.price && before.itemsInStock === offer.items_in_stock
      return same ? [] : [{ offer, before }]
    }),
    missing: onSale.filter(({ shown }) => !ids.has(shown.id)).sort((a, b) => a.number - b.number),
    offersCount: observed.length,
    lowestPrice: lowest?.price ?? null,
  }
}
