import type { Offer } from '../../schemas/offer.ts'
import type { Product } from '../../schemas/product.ts'
import type { Trend } from '../../schemas/trend.ts'
import { read } from '../api.ts'
import { serverTime } from '../server-time.ts'
import { token } from '../token.ts'
import { usePolled } from '../use-polled.ts'
import { useReload } from '../use-reload.ts'
import { type Range, trendQuery } from './range.ts'

/** How often to read without a change: only the end of the window moves then. */
const INTERVAL_MS = 30_000

/** The trend of a product's lowest price, and those of some of its offers by id. */
export interface Trends {
  lowest: Trend
  offers: Map<string, Trend>
}

/** A text that changes whenever an offer changes, appears or disappears. */
const stateOf = (offers: Offer[]) => offers.map(({ id, changed_at }) => id + changed_at).join()

/** The trends of the lowest price and the drawn offers over a range, read again whenever an offer on sale changes. */
export function useTrends(
  { id, created_at: createdAt }: Product,
  range: Range,
  drawnIds: string[],
  onSale: Offer[],
) {
  const trends = usePolled(
    async (signal): Promise<Trends> => {
      const query = trendQuery(range, serverTime(), Date.parse(createdAt))
      const [lowest, ...offers] = await Promise.all([
        read<Trend>(`/products/${id}/trend?${query}`, signal),
        ...drawnIds.map(
          async (offerId): Promise<[string, Trend]> => [
            offerId,
            await read(
              `/products/${id}/offers/${encodeURIComponent(offerId)}/trend?${query}`,
              signal,
            ),
          ],
        ),
      ])
      performance.mark('chart-data')
      return { lowest, offers: new Map(offers) }
    },
    INTERVAL_MS,
    [id, JSON.stringify(range), token.value],
  )
  useReload(trends.reload, drawnIds.join() + stateOf(onSale))
  return trends
}

/** The change of each offer's price in percent since midnight in the browser's time zone. */
export function useToday(id: string, onSale: Offer[]) {
  const today = usePolled(
    async (signal) => {
      const midnight = new Date(new Date(serverTime()).setHours(0, 0, 0, 0)).toISOString()
      // Buckets shorter than an hour, because midnight is not on a full UTC hour in every time zone.
      const query = new URLSearchParams({ from: midnight, interval: '15m' })
      const { offers = [] } = await read<Trend>(`/products/${id}/trend?${query}`, signal)
      return new Map(offers.map(({ offer_id, change_percent }) => [offer_id, change_percent]))
    },
    INTERVAL_MS,
    [id, token.value],
  )
  useReload(today.reload, stateOf(onSale))
  return today.data
}
