import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errors } from '../schemas/error.ts'
import { ifNoneMatch, noQuery, notModified, tagged } from '../schemas/http.ts'
import { ProductOffers } from '../schemas/offer.ts'
import { ProductParams } from '../schemas/product.ts'
import { ref } from '../schemas/types.ts'

/** The offers of one product. */
const offers: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      schema: {
        operationId: 'listOffers',
        summary: 'Read the offers of a product',
        description:
          'The offers on sale when the Offers service last answered for the product, cheapest ' +
          'first, then by id. `checked_at` and `stale` say how old that is.',
        tags: ['Offers'],
        params: ProductParams,
        querystring: noQuery,
        headers: ifNoneMatch,
        response: {
          200: { ...ref(ProductOffers), description: 'The offers on sale', headers: tagged },
          304: notModified,
          ...errors(400, 401, 404),
        },
      },
    },
    (request) => app.store.offers(request.params.id),
  )
}
export default offers
