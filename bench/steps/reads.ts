import { join } from 'node:path'
import { DAY_MS } from '../../history/time.ts'
import { toTime } from '../../schemas/to-time.ts'
import { call } from '../../test/process.ts'
import { type BareRoute, startBare } from '../bare.ts'
import { SMALL } from '../database/shape.ts'
import { alternate, compared } from '../figures.ts'
import { idsIn, some } from '../ids.ts'
import { requestRate } from '../load.ts'
import { startPeer } from '../programs.ts'
import { startQuiet } from '../service.ts'
import type { Step } from '../step.ts'

/** The number of products to read in turn. */
const PRODUCTS = 200

/** A read to compare. */
interface ComparedRead {
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

function readsOf(ids: string[]): ComparedRead[] {
  const products = some(ids.slice(0, -1), PRODUCTS)
  const now = Date.now()
  const window = `?from=${toTime(now - DAY_MS)}&to=${toTime(now)}`
  return [
    {
      ...{ name: 'GET /products/{id}', route: '/api/v1/products/:id', schema: 'Product' },
      platformatic: (id) => `/products/${id}`,
      ids: products,
      target: 0.6,
    },
    {
      name: 'GET /products/{id}/offers, 10 offers',
      ...{ route: '/api/v1/products/:id/offers', schema: 'ProductOffers' },
      platformatic: (id) => `/offers/?where.productId.eq=${id}`,
      ids: products,
      target: 0.55,
    },
    {
      ...{ name: 'GET /products?limit=50', route: '/api/v1/products', query: '?limit=50' },
      platformatic: () => '/products/?limit=50',
      schema: 'ProductList',
      ids: [''],
      target: 0.5,
    },
    {
      name: 'GET /products/{id}/trend, 24 h, 1,440 points',
      ...{ route: '/api/v1/products/:id/trend', query: window, schema: 'Trend' },
      ids: ids.slice(-1),
      target: 0.4,
    },
  ]
}

const pathsOf = ({ route, query = '', ids }: ComparedRead) =>
  ids.map((id) => route.replace(':id', id) + query)

/** The route for the bare Fastify, with the service's answer about the first product. */
async function bareRouteOf(url: string, read: ComparedRead): Promise<BareRoute> {
  const { status, json } = await call('GET', url + pathsOf(read)[0])
  if (status !== 200) throw new Error(`${read.name}: ${status}`)
  return { url: read.route, schema: read.schema, payload: json }
}

/** Measures reads against the same bytes from a bare Fastify, and against Platformatic DB. */
export const reads: Step = async function* ({ workspace, data, load, rounds }) {
  const database = await data('reads', { ...SMALL, minutely: true })
  const all = readsOf(idsIn(database))
  await using service = await startQuiet(workspace, database)
  const routes = await Promise.all(all.map((read) => bareRouteOf(service.url, read)))
  await using bare = await startBare(workspace.folder, service.url, { routes })
  const own = join(workspace.folder, 'platformatic.db')
  await using platformatic = await startPeer('peers/platformatic.ts', [database, own])

  for (const read of all) {
    const paths = pathsOf(read)
    const ours = await requestRate(load, { origin: service.url, paths })
    const limit = await requestRate(load, { origin: bare.url, paths })
    const { platformatic: pathOf } = read
    const peer =
      pathOf && (await requestRate(load, { origin: platformatic.url, paths: read.ids.map(pathOf) }))
    await alternate(rounds, ours, limit, ...(peer ? [peer] : []))
    yield compared(
      `${read.name} against bare Fastify`,
      ['requests/s', ours],
      ['bare requests/s', limit],
      { atLeast: read.target },
    )
    if (!peer) continue
    yield compared(
      `${read.name} against Platformatic DB`,
      ['requests/s', ours],
      ['Platformatic requests/s', peer],
      { atLeast: 5 },
    )
  }
}
