import type { Alert } from '../../schemas/alert.ts'
import type { ProductList } from '../../schemas/product.ts'
import { read } from '../api.ts'
import { token } from '../token.ts'
import { usePolled } from '../use-polled.ts'

/** Names change seldom. */
const INTERVAL_MS = 60_000

/** As many as one request may name. */
const MAX_IDS = 200

/** The names of products by id; undefined until they are known. */
export function useNames(ids: string[]): ReadonlyMap<string, string> | undefined {
  const wanted = [...new Set(ids)].slice(0, MAX_IDS).join()
  const { data } = usePolled(
    async (signal) => {
      if (wanted === '') return new Map<string, string>()
      const query = new URLSearchParams({ ids: wanted })
      const { items } = await read<ProductList>(`/products?${query}`, signal)
      return new Map(items.map(({ id, name }): [string, string] => [id, name]))
    },
    INTERVAL_MS,
    [wanted, token.value],
  )
  return data
}

/** The ids of the products that alerts are about. */
export const productIdsOf = (alerts: Alert[]) => alerts.flatMap(({ product_id: id }) => id ?? [])
