import type { Static } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { HistoryWindow, PriceHistory, ProductHistory } from '../db/store.ts'
import { coverageOf, type Gap, gapsOf, visible } from '../history/coverage.ts'
import { autoInterval, INTERVALS } from '../history/interval.ts'
import { HOUR_MS } from '../history/time.ts'
import {
  atMostMaxPoints,
  type Bucket,
  bucketsOf,
  changeOf,
  figuresOf,
  shownPoints,
  upToMaxPoints,
} from '../history/trend.ts'
import packageJson from '../package.json' with { type: 'json' }
import { tagOf } from '../plugins/etag.ts'
import { toTime } from '../schemas/to-time.ts'
import type { Trend, TrendQuery } from '../schemas/trend.ts'
import { windowOf } from './window.ts'

/** The window and the interval of a trend, with defaults applied. */
export interface TrendRequest extends HistoryWindow {
  interval: Trend['interval']
}

const toPoint = (at: number, price: number | null, items_in_stock: number | null) => ({
  at: toTime(at),
  price,
  items_in_stock,
})

const toBucket = ({ at, itemsInStock, ...prices }: Bucket) => ({
  ...{ at: toTime(at), ...prices, items_in_stock: itemsInStock },
})

const toGap = ({ from, to }: Gap) => ({ from: toTime(from), to: toTime(to) })

/** The part of a trend that offers and products share. */
export function trendOf({ from, to, interval }: TrendRequest, { segments, covered }: PriceHistory) {
  const series =
    interval === 'raw'
      ? { prices: atMostMaxPoints(shownPoints(segments, toPoint)) }
      : { buckets: upToMaxPoints(bucketsOf(segments, INTERVALS[interval]), toBucket) }
  return {
    from: toTime(from),
    to: toTime(to),
    interval,
    ...series,
    ...figuresOf(segments),
    coverage: coverageOf(covered, from, to),
    gaps: visible(gapsOf(covered, from, to), from, to).map(toGap),
  }
}

/** The trend of a product, with the first and the last price of each offer. */
export function productTrend(
  productId: string,
  window: TrendRequest,
  history: ProductHistory,
): Trend {
  const offers = history.offers.map(({ id: offer_id, first, last }) => ({
    offer_id,
    first,
    last,
    change_percent: changeOf(first, last).percent,
  }))
  return { product_id: productId, ...trendOf(window, history), offers }
}

/** The tag of a trend. Another version of the program may write the same trend in another way. */
export const trendTag = ({ from, to, interval }: TrendRequest, historyVersion: string): string =>
  tagOf([packageJson.version, from, to, interval, historyVersion].join())

/** The window and the interval that a request asks for. */
export function trendRequest(
  app: FastifyInstance,
  asked: Static<typeof TrendQuery>,
  where?: 'body',
): TrendRequest {
  const { from, to } = windowOf(app, asked, where)
  const interval = asked.interval === 'auto' ? autoInterval(to - from) : asked.interval
  return { from, to, interval, byHour: interval !== 'raw' && INTERVALS[interval] >= HOUR_MS }
}
