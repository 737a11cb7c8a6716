import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isNotModified, namesTags } from '../plugins/etag.ts'
import { errors } from '../schemas/error.ts'
import { ifNoneMatch, notModified, tagged } from '../schemas/http.ts'
import { ProductParams } from '../schemas/product.ts'
import { OfferParams, Trend, TrendQuery } from '../schemas/trend.ts'
import { ref } from '../schemas/types.ts'
import { productTrend, type TrendRequest, trendOf, trendRequest, trendTag } from './trend-answer.ts'

const responses = {
  200: { ...ref(Trend), description: 'The trend', headers: tagged },
  304: notModified,
  ...errors(400, 401, 404),
}

/** Makes the answer a 304 if the client has the trend of this version, which is read only if it names tags. */
async function isKnown(
  request: FastifyRequest,
  reply: FastifyReply,
  window: TrendRequest,
  version: () => Promise<string>,
): Promise<boolean> {
  if (!namesTags(request)) return false
  return isNotModified(request, reply, trendTag(window, await version()))
}

/** The trends of one product and of its offers. */
const trends: FastifyPluginAsyncTypebox = async (app) => {
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
    async (request, reply) => {
      const { id } = request.params
      const window = trendRequest(app, request.query)
      const version = () => app.store.productHistoryVersion(id, window)
      if (await isKnown(request, reply, window, version)) return undefined
      const history = await app.store.productHistory(id, window)
      reply.tag = trendTag(window, history.version)
      return productTrend(id, window, history)
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
    async (request, reply) => {
      const { id, offer_id } = request.params
      const window = trendRequest(app, request.query)
      const version = () => app.store.offerHistoryVersion(id, offer_id, window)
      if (await isKnown(request, reply, window, version)) return undefined
      const history = await app.store.offerHistory(id, offer_id, window)
      reply.tag = trendTag(window, history.version)
      return { product_id: id, offer_id, ...trendOf(window, history) }
    },
  )
}
export default trends
