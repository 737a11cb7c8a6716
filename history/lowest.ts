import type { PriceAndStock } from './offer-state.ts'

/**
 * The lowest price among the offers in stock, with what is in stock at that price in all offers: 2^53 - 1 where it
 * is more, which a number does not hold.
 */
export function lowestOf(onSale: Iterable<PriceAndStock>): PriceAndStock | null {
  let price = Number.POSITIVE_INFINITY
  let itemsInStock = 0
  for (const offer of onSale) {
    if (offer.itemsInStock === 0 || offer.price > price) continue
    itemsInStock = offer.itemsInStock + (offer.price === price ? itemsInStock : 0)
    price = offer.price
  }
  if (itemsInStock === 0) return null
  return { price, itemsInStock: Math.min(itemsInStock, Number.MAX_SAFE_INTEGER) }
}
