import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { MAX_POINTS_IN_ALL, TooManyPoints } from '../history/trend.ts'
import { errors } from '../schemas/error.ts'
import { noQuery } from '../schemas/http.ts'
import { TrendList, TrendsQuery } from '../schemas/trend.ts'
import { ref } from '../schemas/types.ts'
import { productTrend, trendRequest } from './trend-answer.ts'

/** The trends of several products at once. */
const trendsOfMany: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '',
    {
      schema: {
        operationId: 'listTrends',
        summary: 'Read the trends of up to 100 products',
        description:
          'How the lowest price of each product developed over a period, in the form of the trend of one product. ' +
          'It changes nothing, but like every POST it needs a token that may write. A request ' +
          'for more than 20,000 points in all is refused.',
        tags: ['Offers'],
        querystring: noQuery,
        body: ref(TrendsQuery),
        response: {
          200: {
            ...Type.Unsafe<TrendList | string>(ref(TrendList)),
            description: 'The trends, and the ids that no product has',
          },
          ...errors(400, 401, 403, 413, 415),
        },
      },
    },
    async (request, reply) => {
      const { ids, interval = 'raw', ...asked } = request.body
      const window = trendRequest(app, { ...asked, interval }, 'body')
      const items: string[] = []
      const missing: string[] = []
      let points = 0
      const known = ids.map((id) => id.toLowerCase()) // UUIDs are case-insensitive.
      for await (const { productId, history } of app.store.productHistories(known, window)) {
        if (!history) {
          missing.push(productId)
          continue
        }
        const trend = productTrend(productId, window, history)
        const { prices = [], buckets = [] } = trend
        points += prices.length + buckets.length
        if (points > MAX_POINTS_IN_ALL) throw new TooManyPoints(true)
        // Each in its own turn of the event loop: all of them at once would take long.
        items.push(JSON.stringify(trend))
      }
      reply.type('application/json; charset=utf-8')
      return `{"items":[${items}],"missing":${JSON.stringify(missing)}}`
    },
  )
}
export default trendsOfMany
