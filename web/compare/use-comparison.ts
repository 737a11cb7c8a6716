import type { Product, ProductList } from '../../schemas/product.ts'
import type { Trend } from '../../schemas/trend.ts'
import { read, readIfThere } from '../api.ts'
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
      if (products.length === 0) return []
      const since = Math.min(...products.map(({ created_at: at }) => Date.parse(at)))
      const query = trendQuery(range, serverTime(), since)
      // One by one, because a token for reading may not ask for all in one POST.
      const compared = products.map(async (product): Promise<Compared[]> => {
        const trend = await readIfThere<Trend>(`/products/${product.id}/trend?${query}`, signal)
        return trend ? [{ product, trend }] : []
      })
      const found = (await Promise.all(compared)).flat()
      performance.mark('chart-data')
      return found
    },
    INTERVAL_MS,
    [ids.join(), JSON.stringify(range), token.value],
  )
}
