import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { PageToMake, ProductPage, ReadyAnswer, StoredProduct } from '../db/store.ts'
import { versionsOf } from '../plugins/etag.ts'
import { errors } from '../schemas/error.ts'
import {
  idempotencyKey,
  ifMatch,
  ifNoneMatch,
  noContent,
  noQuery,
  notModified,
  paged,
  tagged,
} from '../schemas/http.ts'
import {
  NewProduct,
  Product,
  ProductList,
  ProductListQuery,
  ProductParams,
  ProductPatch,
  trimmed,
} from '../schemas/product.ts'
import { ref, refOrText } from '../schemas/types.ts'
import { soughtWords } from '../search/query.ts'
import { answerCreated, answerProduct, createdProduct } from './answer-product.ts'
import { idempotencyKeyOf } from './idempotency-key.ts'
import { linkTo } from './next-page.ts'
import { conditionsOf, scopeOf } from './product-query.ts'
import { readyAnswer, sendReady } from './ready-answer.ts'
import { wantedIds } from './wanted-ids.ts'

const tags = ['Products']

/** The products of the catalogue. */
const products: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '',
    {
      schema: {
        operationId: 'createProduct',
        summary: 'Create a product',
        description:
          'Stores the product durably, then answers. The service registers the product with the ' +
          'Offers service in the background, and its offers appear soon after.',
        tags,
        querystring: noQuery,
        headers: idempotencyKey,
        body: ref(NewProduct),
        response: {
          201: createdProduct,
          ...errors(400, 401, 403, 409, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const once = idempotencyKeyOf(request)
      const product = await app.store.createProduct(trimmed(request.body), { once })
      return answerCreated(reply, app.prefix, product, once !== undefined)
    },
  )

  app.get(
    '',
    {
      schema: {
        operationId: 'listProducts',
        summary: 'List and search products',
        description:
          'All products, or those that match every filter, page by page. Send `next_cursor` of a ' +
          'page as `cursor` to get the next page; the `Link` header has its full path.',
        tags,
        querystring: ProductListQuery,
        headers: ifNoneMatch,
        response: {
          200: {
            ...refOrText(ProductList),
            description: 'A page of the catalogue',
            headers: paged,
          },
          304: notModified,
          ...errors(400, 401),
        },
      },
    },
    async (request, reply) => {
      const { q = '', limit, cursor, count, ids } = request.query
      if (ids !== undefined) {
        const found = await app.store.productsWithIds(wantedIds(request, ids))
        return { items: found.map((product) => app.withPause(product)), next_cursor: null }
      }
      const placeOf = (cursor: string) => app.cursors.verify(scopeOf(request.query), cursor)
      const words = soughtWords(q)
      if (words.length === 0 && q.trim()) {
        if (cursor !== undefined) placeOf(cursor) // It is of another list, and refused.
        return { items: [], next_cursor: null, ...(count && { total: 0 }) }
      }
      const pause = app.pause()
      function prepare(): PageToMake {
        const { total: counted, ...after } = cursor === undefined ? {} : placeOf(cursor)
        const query = {
          ...conditionsOf(request.query),
          words,
          count: count && counted === undefined,
          limit,
          ...('key' in after && { after }),
        }
        function make(page: ProductPage): ReadyAnswer {
          const total = counted ?? page.total
          const next =
            page.next && app.cursors.sign(scopeOf(request.query), { ...page.next, total })
          const items = page.items.map((product) => pause.mark(product))
          const list = { items, next_cursor: next, ...(total !== undefined && { total }) }
          return readyAnswer(JSON.stringify(list), { link: linkTo(request, next) })
        }
        return { query, make }
      }
      return sendReady(request, reply, await app.store.readyPage(request.url, prepare, pause))
    },
  )

  app.get(
    '/:id',
    {
      schema: {
        operationId: 'getProduct',
        summary: 'Read a product',
        description:
          'The product with its lowest price and the state of its registration and polling. Send ' +
          'its `ETag` as `If-Match` when you change or delete it.',
        tags,
        params: ProductParams,
        querystring: noQuery,
        headers: ifNoneMatch,
        response: {
          200: { ...refOrText(Product), description: 'The product', headers: tagged },
          304: notModified,
          ...errors(400, 401, 404),
        },
      },
    },
    async (request, reply) => {
      const pause = app.pause()
      const toAnswer = ({ version, ...product }: StoredProduct) =>
        readyAnswer(JSON.stringify(pause.mark(product)), { version })
      return sendReady(
        request,
        reply,
        await app.store.readyProduct(request.params.id, toAnswer, pause),
      )
    },
  )

  app.patch(
    '/:id',
    {
      schema: {
        operationId: 'updateProduct',
        summary: 'Change a product',
        description:
          'Changes the fields in the body. `add_tags` and `remove_tags` change some of the tags that the ' +
          'product has at that moment. A rejected product is registered again. A registered product ' +
          'stays registered under its old name, because the Offers service has no call to rename it.',
        tags,
        params: ProductParams,
        querystring: noQuery,
        headers: ifMatch.product,
        body: ref(ProductPatch),
        response: {
          200: { ...ref(Product), description: 'The product as it is now', headers: tagged },
          ...errors(400, 401, 403, 404, 409, 412, 413, 415),
        },
      },
    },
    async (request, reply) => {
      const versions = versionsOf(request.headers['if-match'])
      const patch = trimmed(request.body)
      return answerProduct(reply, await app.store.updateProduct(request.params.id, patch, versions))
    },
  )

  app.delete(
    '/:id',
    {
      schema: {
        operationId: 'deleteProduct',
        summary: 'Delete a product',
        description:
          'Removes the product with its offers, their history and the alerts about it, and stops polling it.',
        tags,
        params: ProductParams,
        querystring: noQuery,
        headers: ifMatch.product,
        response: {
          204: noContent('The product was deleted'),
          ...errors(400, 401, 403, 404, 412, 413, 415),
        },
      },
    },
    async (request, reply) => {
      await app.store.deleteProduct(request.params.id, versionsOf(request.headers['if-match']))
      return reply.code(204).send(null)
    },
  )
}
export default products
