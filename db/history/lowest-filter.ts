import { tagsOf, type WrittenRow } from '../encoding/written.ts'
import type { LowestFilter } from '../store.ts'

/** A product as the filter sees it: its lowest price now, and its stored tags. */
type Filtered = Pick<WrittenRow, 'tags'> & { last: number }

/**
 * Makes the function that tells whether a product passes the filter. It sees every product of a batch, so that no query
 * searches a long time for one that passes.
 */
export function lowestFilter({ prices, tags = [] }: LowestFilter): (product: Filtered) => boolean {
  return (product) => {
    if (prices && (product.last < prices.min || product.last > prices.max)) return false
    if (tags.length === 0) return true
    const own = tagsOf(product)
    return tags.every((tag) => own.includes(tag))
  }
}
