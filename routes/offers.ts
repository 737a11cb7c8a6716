import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errors } from '../schemas/error.ts'
import { ifNoneMatch, notModified, tagged } from '../schemas/http.ts'
import { OffersQuery, ProductOffers } from '../schemas/offer.ts'
import { ProductParams } from '../schemas/product.ts'
import { refOrText } from '../schemas/types.ts'
import { readyAnswer, sendReady } from './ready-answer.ts'

/** The offers of one product. */
const offers: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      schema: {
        operationId: 'listOffers',
        summary: 'List the offers of a product',
        description:
          'The offers on sale when the Offers service last answered for the product, cheapest ' +
          'first, then by id. `checked_at` and `stale` tell how old that answer is. With `at`, ' +
          'the offers as they were observed at that moment; for history that is kept by the ' +
          'hour, as they were at the end of that hour.',
        tags: ['Offers'],
        params: ProductParams,
        querystring: OffersQuery,
        headers: ifNoneMatch,
        response: {
          200: {
            ...refOrText(ProductOffers),
            description: 'The offers on sale',
            headers: tagged,
          },
          304: notModified,
          ...errors(400, 401, 404),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { at } = request.query
      if (at !== undefined) return app.store.offersAt(id, Date.parse(at))
      return sendReady(request, reply, await app.store.readyOffers(id, (text) => readyAnswer(text)))
    },
  )
}
export default offers
