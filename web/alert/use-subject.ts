import type { Product } from '../../schemas/product.ts'
import type { Trend } from '../../schemas/trend.ts'
import { read } from '../api.ts'
import { type Range, trendQuery } from '../product/range.ts'
import { serverTime } from '../server-time.ts'
import { token } from '../token.ts'
import { usePolled } from '../use-polled.ts'

/** What an alert is about: one product, the products with a tag, or all products. */
export interface About {
  product_id: string | null
  tag: string | null
}

/** The product that an alert is about, and its lowest price over a range. */
export interface Subject {
  product: Product
  trend: Trend
}

/** How often to read again: a person is unlikely to look at the dialog for longer. */
const INTERVAL_MS = 600_000

/** The product of an alert with its trend; null if the alert is about more than one. */
export function useSubject({ product_id: id }: About, range: Range) {
  return usePolled(
    async (signal): Promise<Subject | null> => {
      if (id === null) return null
      const product = await read<Product>(`/products/${id}`, signal)
      const query = trendQuery(range, serverTime(), Date.parse(product.created_at))
      const trend = await read<Trend>(`/products/${id}/trend?${query}`, signal)
      return { product, trend }
    },
    INTERVAL_MS,
    [id, JSON.stringify(range), token.value],
  )
}
