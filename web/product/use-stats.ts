import type { ProductStats } from '../../schemas/stats.ts'
import { read } from '../api.ts'
import { token } from '../token.ts'
import { usePolled } from '../use-polled.ts'
import { useReload } from '../use-reload.ts'

/** How often to read while the price stays the same: only the ends of the windows move then. */
const INTERVAL_MS = 60_000

/** The statistics of a product, read again when its lowest price changes. That is undefined until it is known. */
export function useStats(id: string, lowest: number | null | undefined) {
  const stats = usePolled(
    (signal) => read<ProductStats>(`/products/${encodeURIComponent(id)}/stats`, signal),
    INTERVAL_MS,
    [id, token.value],
  )
  useReload(stats.reload, lowest === undefined ? undefined : String(lowest))
  return stats
}
