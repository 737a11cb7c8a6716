import type { Product, ProductList } from '../../schemas/product.ts'
import type { Trend, TrendList } from '../../schemas/trend.ts'
import { call, read } from '../api.ts'
import { type Range, trendQuery } from '../product/range.ts'
import { serverTime } from '../server-time.ts'
import { token } from '../token.ts'
import { usePolled } from '../use-polled.ts'

/** How often to read again. */
const INTERVAL_MS = 30_000

/** A product that is compared, with the trend of its lowest price. */
export interface Compared {
  product: Product
  trend: Trend
}

/** The products with these ids that exist, each with its trend over the range. */
export function useComparison(ids: string[], range: Range) {
  return usePolled(
    async (signal): Promise<Compared[]> => {
      if (ids.length === 0) return []
      const { items: products } = await read<ProductList>(
        `/products?${new URLSearchParams({ ids: ids.join() })}`,
        signal,
      )
      const known = products.map(({ id }) => id)
      if (known.length === 0) return []
      const since = Math.min(...products.map(({ created_at: at }) => Date.parse(at)))
      const window = Object.fromEntries(new URLSearchParams(trendQuery(range, serverTime(), since)))
      const body = { ids: known, ...window }
      const { data } = await call<TrendList>('/trends', { method: 'POST', body, signal })
      performance.mark('chart-data')
      const trends = new Map(data.items.map((trend): [string, Trend] => [trend.product_id, trend]))
      return products.flatMap((product) => {
        const trend = trends.get(product.id)
        return trend ? [{ product, trend }] : []
      })
    },
    INTERVAL_MS,
    [ids.join(), JSON.stringify(range), token.value],
  )
}
