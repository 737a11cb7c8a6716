import type { LowestFilter, PriceRange, ProductQuery } from '../db/store.ts'
import type { ProductListQuery } from '../schemas/product.ts'
import { normalTag } from '../schemas/tag-rules.ts'
import { FOLDING } from '../search/version.ts'

type Filters = Pick<ProductListQuery, 'price_min' | 'price_max' | 'tag'>

/** The range of lowest prices that a query asks for; undefined if it asks for none. */
function priceRange({ price_min, price_max }: Filters): PriceRange | undefined {
  if (price_min === undefined && price_max === undefined) return undefined
  return { min: price_min ?? 0, max: price_max ?? Number.MAX_SAFE_INTEGER }
}

/** The lowest prices and the tags that a query asks for. */
export const filtersOf = (query: Filters): LowestFilter => ({
  prices: priceRange(query),
  tags: query.tag && [...new Set(query.tag.map(normalTag))].sort(),
})

/** The sort and the conditions of a query, without its words. */
export function conditionsOf(query: ProductListQuery): Omit<ProductQuery, 'words' | 'limit'> {
  const { sort, in_stock: inStock, stale, registration, updated_since: since } = query
  return {
    ...{ sort, inStock, stale, registration },
    ...filtersOf(query),
    updatedSince: since === undefined ? undefined : Date.parse(since),
  }
}

/** What tells lists apart: a cursor of one is good for no other. */
export function scopeOf(query: ProductListQuery): string {
  const { sort, inStock, ...conditions } = conditionsOf(query)
  // Positions in lists by name are valid for one version of the folding only.
  const order = sort.endsWith('name') ? `${sort} ${FOLDING}` : sort
  // Named, unlike the first ones, because `undefined` leaves no trace in JSON.
  return JSON.stringify([order, query.q ?? '', inStock === true, conditions, query.count === true])
}
