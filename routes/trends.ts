import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from '@sinclair/typebox'
import type { HistoryWindow, PriceHistory } from '../db/store.ts'
import { coverageOf, type Gap, gapsOf, visible } from '../history/coverage.ts'
import { autoInterval, INTERVALS } from '../history/interval.ts'
import { HOUR_MS } from '../history/time.ts'
import {
  type Bucket,
  bucketsOf,
  changeOf,
  figuresOf,
  type PricePoint,
  pointsOf,
  upToMaxPoints,
} from '../history/trend.ts'
import { errors } from '../schemas/error.ts'
import { ifNoneMatch, notModified, tagged } from '../schemas/http.ts'
import { ProductParams } from '../schemas/product.ts'
import { toTime } from '../schemas/to-time.ts'
import { OfferParams, Trend, TrendQuery } from '../schemas/trend.ts'
import { ref } from '../schemas/types.ts'
import { windowOf } from './window.ts'

/** The window and the interval of a trend, with defaults applied. */
interface TrendRequest extends HistoryWindow {
  interval: Trend['interval']
}

const toPoint = ({ at, price, itemsInStock }: PricePoint) => ({
  at: toTime(at),
  price,
  items_in_stock: itemsInStock,
})

const toBucket = (bucket: Bucket) => ({ ...bucket, at: toTime(bucket.at) })

const toGap = ({ from, to }: Gap) => ({ from: toTime(from), to: toTime(to) })

/** The part of a trend that offers and products share. */
function trendOf({ from, to, interval }: TrendRequest, { segments, covered }: PriceHistory) {
  const series =
    interval === 'raw'
      ? { prices: upToMaxPoints(pointsOf(segments), toPoint) }
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

const responses = {
  200: { ...ref(Trend), description: 'The trend', headers: tagged },
  304: notModified,
  ...errors(400, 401, 404),
}

/** The trends of one product and of its offers. */
const trends: FastifyPluginAsyncTypebox = async (app) => {
  function trendRequest(query: Static<typeof TrendQuery>): TrendRequest {
    const { from, to } = windowOf(app, query)
    const interval = query.interval === 'auto' ? autoInterval(to - from) : query.interval
    return { from, to, interval, byHour: interval !== 'raw' && INTERVALS[interval] >= HOUR_MS }
  }

  app.get(
    '/trend',
    {
      schema: {
        operationId: 'getProductTrend',
        summary: "Read the trend of a product's lowest price",
        description:
          'How the lowest price among the offers in stock developed over a period, with the ' +
          'first and the last price of each offer.',
        tags: ['Offers'],
        params: ProductParams,
        querystring: TrendQuery,
        headers: ifNoneMatch,
        response: responses,
      },
    },
    async (request) => {
      const { id } = request.params
      const window = trendRequest(request.query)
      const history = await app.store.productHistory(id, window)
      const offers = history.offers.map(({ id: offer_id, first, last }) => ({
        offer_id,
        first,
        last,
        change_percent: changeOf(first, last).percent,
      }))
      return { product_id: id, ...trendOf(window, history), offers }
    },
  )

  app.get(
    '/offers/:offer_id/trend',
    {
      schema: {
        operationId: 'getOfferTrend',
        summary: "Read the trend of an offer's price",
        description:
          'How the price of one offer developed over a period. This also works for an offer that ' +
          'is no longer on sale.',
        tags: ['Offers'],
        params: OfferParams,
        querystring: TrendQuery,
        headers: ifNoneMatch,
        response: responses,
      },
    },
    async (request) => {
      const { id, offer_id } = request.params
      const window = trendRequest(request.query)
      const history = await app.store.offerHistory(id, offer_id, window)
      return { product_id: id, offer_id, ...trendOf(window, history) }
    },
  )
}
export default trends
