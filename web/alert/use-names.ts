import { useRef } from 'preact/hooks'
import type { Alert } from '../../schemas/alert.ts'
import type { ProductList } from '../../schemas/product.ts'
import { read } from '../api.ts'
import { token } from '../token.ts'
import { usePolled } from '../use-polled.ts'

/** Names change seldom. */
const INTERVAL_MS = 60_000

/** As many as one request may name. */
const MAX_IDS = 200

/** The names of products by id, as far as they are known. The known ones stay while those of more ids are read. */
export function useNames(ids: string[]): ReadonlyMap<string, string> | undefined {
  const wanted = [...new Set(ids)]
  const before = useRef<ReadonlyMap<string, string>>(undefined)
  const { data } = usePolled(
    async (signal) => {
      const names = new Map<string, string>()
      for (let from = 0; from < wanted.length; from += MAX_IDS) {
        const query = new URLSearchParams({ ids: wanted.slice(from, from + MAX_IDS).join() })
        const { items } = await read<ProductList>(`/products?${query}`, signal)
        for (const { id, name } of items) names.set(id, name)
      }
      return names
    },
    INTERVAL_MS,
    [wanted.join(), token.value],
  )
  if (data) before.current = data
  return before.current
}

/** The ids of the products that alerts are about. */
export const productIdsOf = (alerts: Pick<Alert, 'product_id'>[]) =>
  alerts.flatMap(({ product_id: id }) => id ?? [])
