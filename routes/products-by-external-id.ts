import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { versionsOf } from '../plugins/etag.ts'
import { errors } from '../schemas/error.ts'
import { ifMatch, ifNoneMatch, noQuery, notModified, tagged } from '../schemas/http.ts'
import { ExternalIdParams, KeyedProduct, Product, trimmed } from '../schemas/product.ts'
import { ref } from '../schemas/types.ts'
import { answerCreated, answerProduct, createdProduct } from './answer-product.ts'

const tags = ['Products']

/** Products by the keys that their clients gave them. */
const productsByExternalId: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/by-external-id/:external_id',
    {
      schema: {
        operationId: 'getProductByExternalId',
        summary: 'Read a product by its external id',
        description:
          'The same answer as by its id. Percent-encode the external id as one segment of the path, so ' +
          'that `/` is `%2F`.',
        tags,
        params: ExternalIdParams,
        querystring: noQuery,
        headers: ifNoneMatch,
        response: {
          200: { ...ref(Product), description: 'The product', headers: tagged },
          304: notModified,
          ...errors(400, 401, 404),
        },
      },
    },
    async (request, reply) =>
      answerProduct(reply, await app.store.productByExternalId(request.params.external_id)),
  )

  app.put(
    '/by-external-id/:external_id',
    {
      schema: {
        operationId: 'putProductByExternalId',
        summary: 'Create or replace a product by its external id',
        description:
          'Creates the product with this external id, or replaces the fields that clients write: omitted ' +
          'fields get their defaults. Its id, offers and history stay. Sending the same request again ' +
          'changes nothing. With `If-Match` it only replaces, and the answer is 412 if there is no such ' +
          'product. Percent-encode the external id as one segment of the path.',
        tags,
        params: ExternalIdParams,
        querystring: noQuery,
        headers: ifMatch.product,
        body: ref(KeyedProduct),
        response: {
          200: { ...ref(Product), description: 'The product as it is now', headers: tagged },
          201: createdProduct,
          ...errors(400, 401, 403, 412, 413, 415),
        },
      },
    },
    async (request, reply) => {
      const { 'if-match': header } = request.headers
      const match = header === undefined ? undefined : { versions: versionsOf(header) }
      const { external_id: externalId } = request.params
      const { product, created } = await app.store.putProduct(
        externalId,
        trimmed(request.body),
        match,
      )
      return created ? answerCreated(reply, app.prefix, product) : answerProduct(reply, product)
    },
  )
}
export default productsByExternalId
