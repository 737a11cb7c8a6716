import swagger from '@fastify/swagger'
import fp from 'fastify-plugin'
import packageJson from '../package.json' with { type: 'json' }
import { BatchResult, NewProducts } from '../schemas/batch.ts'
import { Change, ChangeList } from '../schemas/change.ts'
import { ApiError } from '../schemas/error.ts'
import { PriceRecord } from '../schemas/export.ts'
import { Mover, MoverList } from '../schemas/mover.ts'
import { Offer, ProductOffers } from '../schemas/offer.ts'
import { NewProduct, Product, ProductList, ProductPatch } from '../schemas/product.ts'
import { Status } from '../schemas/status.ts'
import { Trend, TrendBucket, TrendGap, TrendPoint } from '../schemas/trend.ts'

const TAGS = [
  { name: 'Products', description: 'The catalogue' },
  { name: 'Offers', description: 'What shops ask for a product, as last observed' },
  { name: 'Changes', description: 'What happened, in one order' },
  { name: 'System', description: 'How the service is doing' },
]

/** Registers the schemas that routes refer to, and makes the OpenAPI document from the routes. */
export default fp(
  async (app) => {
    for (const schema of [
      ApiError,
      Product,
      ProductList,
      NewProduct,
      ProductPatch,
      NewProducts,
      BatchResult,
      Offer,
      ProductOffers,
      TrendPoint,
      TrendBucket,
      TrendGap,
      Trend,
      Mover,
      MoverList,
      PriceRecord,
      Change,
      ChangeList,
      Status,
    ]) {
      app.addSchema(schema)
    }
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Product aggregator',
          version: packageJson.version,
          description:
            'A product catalogue whose offers (shop prices and stock) are kept fresh from the ' +
            'Offers service. Times are RFC 3339 in UTC with milliseconds; prices are integers in ' +
            'the unit that the Offers service uses. Every error has the shape `ApiError`.',
          license: { name: 'MIT', identifier: 'MIT' },
        },
        servers: [{ url: '/', description: 'This service' }],
        tags: TAGS,
        security: [], // Where plugins/auth.ts does not say otherwise.
        components: {
          securitySchemes: {
            token: {
              type: 'http',
              scheme: 'bearer',
              description: 'Wanted where the service was started with `API_TOKEN`',
            },
          },
        },
      },
      refResolver: { buildLocalReference: ({ $id }) => String($id) },
    })
  },
  { name: 'openapi' },
)
