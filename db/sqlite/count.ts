import type { Database } from 'better-sqlite3'
import type { FreshSpan } from '../encoding/product.ts'
import { present } from '../present.ts'
import type { ProductQuery } from '../store.ts'
import { type Selector, valuesOf } from './selection.ts'

/** Makes the function that counts the products for which the conditions of a query hold. */
export function productCounter(db: Database, select: Selector) {
  const selectAll = db.prepare<[], number>('SELECT products FROM totals').pluck()
  const selectInStock = db
    .prepare<[], number>('SELECT count(*) FROM refreshes WHERE lowest_price IS NOT NULL')
    .pluck()

  return (query: ProductQuery, fresh: FreshSpan): number => {
    const { conditions, from, rarest } = select(query, fresh)
    const { words, inStock } = query
    const isBare = conditions.length === 0 && words.length === 0
    if (isBare) return present((inStock ? selectInStock : selectAll).get(), 'a count of products')
    const sources = [
      ...(words.length > 0
        ? ['(SELECT rowid AS key FROM products_fts WHERE products_fts MATCH @match) AS wanted']
        : []),
      ...(from ? [`(${from.keys}) AS wanted`] : []),
    ]
    const holds = [
      'refreshes.product_key = products.key',
      ...(sources.length > 0 ? ['products.key = wanted.key'] : []),
      ...(inStock ? ['lowest_price IS NOT NULL'] : []),
      ...conditions.map((condition) => condition.holds),
    ]
    const count = db
      .prepare<unknown[], number>(
        `SELECT count(*) FROM ${[...sources, 'products', 'refreshes'].join(' CROSS JOIN ')}
         WHERE ${holds.join(' AND ')}`,
      )
      .pluck()
    return present(count.get({ ...fresh, ...valuesOf(query), rarest }), 'a count of products')
  }
}
