import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { PriceHistory } from '../db/store.ts'
import type { Extreme } from '../history/extremes.ts'
import { perWindow, windowFigures } from '../history/statistics.ts'
import { errors } from '../schemas/error.ts'
import { ifNoneMatch, noQuery, notModified, tagged } from '../schemas/http.ts'
import { ProductParams } from '../schemas/product.ts'
import { ProductStats } from '../schemas/stats.ts'
import { toTime } from '../schemas/to-time.ts'
import { ref } from '../schemas/types.ts'

/** A price that was observed before the clock was put back counts as of now. */
const toExtreme = (extreme: Extreme | undefined, now: number) =>
  extreme ? { price: extreme.price, at: toTime(Math.min(extreme.at, now)) } : null

function toWindow({ segments, covered }: PriceHistory, from: number, to: number) {
  const { changePercent, outOfStock, ...figures } = windowFigures(segments, covered, from, to)
  return { ...figures, change_percent: changePercent, out_of_stock: outOfStock }
}

/** The statistics of one product. */
const stats: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      schema: {
        operationId: 'getProductStats',
        summary: "Read the statistics of a product's lowest price",
        description:
          'The lowest and the highest price of all time, and the figures of the last 1, 7, 30, 90 and 365 ' +
          'days, all of the lowest price among the offers in stock.',
        tags: ['Offers'],
        params: ProductParams,
        querystring: noQuery,
        headers: ifNoneMatch,
        response: {
          200: { ...ref(ProductStats), description: 'The statistics', headers: tagged },
          304: notModified,
          ...errors(400, 401, 404),
        },
      },
    },
    async (request) => {
      const { id } = request.params
      const { at, lowestPrice, allTime, windows } = await app.store.productStatistics(id)
      return {
        product_id: id,
        lowest_price: lowestPrice,
        all_time: { low: toExtreme(allTime?.low, at), high: toExtreme(allTime?.high, at) },
        windows: perWindow((name, ms) => toWindow(windows[name], at - ms, at)),
      }
    },
  )
}
export default stats
