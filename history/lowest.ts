import type { PriceAndStock } from './offer-state.ts'

/**
 * The lowest price among the offers in stock, with the total stock at that price, capped at 2^53 - 1, the largest
 * safe integer.
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
