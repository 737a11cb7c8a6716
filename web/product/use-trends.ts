import { useRef } from 'preact/hooks'
import type { Offer } from '../../schemas/offer.ts'
import type { Product } from '../../schemas/product.ts'
import type { Trend } from '../../schemas/trend.ts'
import { RequestFailed, read, readIfThere } from '../api.ts'
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

/** Reads the trends of the lowest price and of some offers over the window of a query; unknown offers are left out. */
async function readTrends(id: string, query: string, drawnIds: string[], signal: AbortSignal) {
  async function ofOffer(offerId: string): Promise<[string, Trend][]> {
    const path = `/products/${id}/offers/${encodeURIComponent(offerId)}/trend?${query}`
    const trend = await readIfThere<Trend>(path, signal)
    return trend ? [[offerId, trend]] : [] // An address can name offers that were forgotten since.
  }
  const [lowest, ...offers] = await Promise.all([
    read<Trend>(`/products/${id}/trend?${query}`, signal),
    ...drawnIds.map(ofOffer),
  ])
  return { lowest, offers: new Map(offers.flat()) }
}

/** What is drawn: the product, the range, the offers with a line, and those on sale. */
export interface Drawn {
  product: Product
  range: Range
  drawnIds: string[]
  onSale: Offer[]
}

/** The trends of the lowest price and the drawn offers over a range, read again whenever an offer on sale changes. */
export function useTrends({ product, range, drawnIds, onSale }: Drawn) {
  const { id, created_at: createdAt } = product
  const trends = usePolled(
    async (signal): Promise<Trends> => {
      const query = trendQuery(range, serverTime(), Date.parse(createdAt))
      const trends = await readTrends(id, query, drawnIds, signal)
      performance.mark('chart-data')
      return trends
    },
    INTERVAL_MS,
    [id, JSON.stringify(range), token.value],
  )
  useReload(trends.reload, drawnIds.join() + stateOf(onSale))
  return trends
}

/**
 * The stock of a trend in place of its price, the lowest of each bucket. Where nothing is in stock, that of the lowest
 * price is 0.
 */
function stockOf({ prices, buckets = [], ...trend }: Trend): Trend {
  const none = trend.offer_id === undefined ? 0 : null
  const points = prices?.map((point) => ({ ...point, price: point.items_in_stock ?? none }))
  // A price without a stock: that was not kept.
  const lows = buckets.map(({ at, low, items_in_stock: { low: stock } }) => {
    return { at, price: low === null ? none : stock, items_in_stock: stock }
  })
  // A bucket without a change is no point, so that it does not count as observed.
  const changes = lows.filter(({ price }, index) => price !== lows[index - 1]?.price)
  return { ...trend, prices: points ?? changes }
}

const isTooMuch = (error: unknown) =>
  error instanceof RequestFailed && error.code === 'TOO_MANY_POINTS'

/** The stock of the lowest price and of the drawn offers over a range: every change of it, or buckets of too many. */
export function useStock({ product, range, drawnIds, onSale }: Drawn) {
  const { id, created_at: createdAt } = product
  const window = JSON.stringify([id, range])
  /** The window whose changes were too many to be drawn. */
  const busy = useRef('')
  const stock = usePolled(
    async (signal): Promise<Trends> => {
      const query = trendQuery(range, serverTime(), Date.parse(createdAt))
      const every = new URLSearchParams(query)
      every.set('interval', 'raw')
      const inBuckets = () => readTrends(id, query, drawnIds, signal)
      async function eachChange(): Promise<Trends> {
        try {
          return await readTrends(id, every.toString(), drawnIds, signal)
        } catch (error) {
          if (!isTooMuch(error)) throw error
          busy.current = window
          return inBuckets()
        }
      }
      const { lowest, offers } = await (busy.current === window ? inBuckets() : eachChange())
      const ofOffers = [...offers].map(([id, trend]): [string, Trend] => [id, stockOf(trend)])
      return { lowest: stockOf(lowest), offers: new Map(ofOffers) }
    },
    INTERVAL_MS,
    [window, token.value],
  )
  useReload(stock.reload, drawnIds.join() + stateOf(onSale))
  return stock
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
