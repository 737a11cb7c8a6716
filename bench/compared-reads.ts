import { DAY_MS } from '../history/time.ts'
import { toTime } from '../schemas/to-time.ts'
import { call } from '../test/process.ts'
import type { BareRoute } from './bare.ts'
import { evenSample } from './ids.ts'

/** The number of products to read in turn. */
const PRODUCTS = 200

/** A kind of read that is compared with other servers. */
export interface ComparedRead {
  name: string
  /** Its route; `:id` stands for a product. */
  route: string
  query?: string
  schema: string
  ids: string[]
  /** The path of the same request on Platformatic DB, if it has one. */
  platformatic?: (id: string) => string
  target: number
}

/** Reads single products, those with these ids in turn. */
export function productRead(ids: string[], target: number): ComparedRead {
  return {
    name: 'GET /products/{id}',
    ...{ route: '/api/v1/products/:id', schema: 'Product' },
    platformatic: (id) => `/products/${id}`,
    ...{ ids, target },
  }
}

/**
 * All compared reads, of the products with these ids. The price of the last one changed every minute of the day before its
 * last poll, at which the window of its trend ends.
 */
export function readsOf(ids: string[], lastPollAt: number): ComparedRead[] {
  const products = evenSample(ids.slice(0, -1), PRODUCTS)
  const window = `?from=${toTime(lastPollAt - DAY_MS)}&to=${toTime(lastPollAt)}`
  return [
    productRead(products, 0.65),
    {
      name: 'GET /products/{id}/offers, 10 offers',
      ...{ route: '/api/v1/products/:id/offers', schema: 'ProductOffers' },
      platformatic: (id) => `/offers/?where.productId.eq=${id}`,
      ids: products,
      target: 0.65,
    },
    {
      ...{ name: 'GET /products?limit=50', route: '/api/v1/products', query: '?limit=50' },
      platformatic: () => '/products/?limit=50',
      schema: 'ProductList',
      ids: [''],
      target: 0.6,
    },
    {
      name: 'GET /products/{id}/trend, 24 h, 1,440 points',
      ...{ route: '/api/v1/products/:id/trend', query: window, schema: 'Trend' },
      ids: ids.slice(-1),
      target: 0.45,
    },
  ]
}

/** The paths of the requests, in turn. */
export const pathsOf = ({ route, query = '', ids }: ComparedRead) =>
  ids.map((id) => route.replace(':id', id) + query)

/** The route for the bare Fastify, with the service's answer about the first product. */
export async function bareRouteOf(url: string, read: ComparedRead): Promise<BareRoute> {
  const { status, json } = await call('GET', url + pathsOf(read)[0])
  if (status !== 200) throw new Error(`${read.name}: ${status}`)
  return { url: read.route, schema: read.schema, payload: json }
}

/** The entity tags of the answers, for conditional requests. */
export async function tagsOf(url: string, paths: string[]): Promise<string[]> {
  const tags: string[] = []
  for (const path of paths) {
    const response = await fetch(url + path)
    await response.arrayBuffer()
    tags.push(response.headers.get('etag') ?? '')
  }
  return tags
}
