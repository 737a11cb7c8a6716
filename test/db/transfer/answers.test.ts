/** That clients notice no difference when a database is moved. */
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { moveDatabase } from '../../../db/transfer/move.ts'
import { DAY_MS, MINUTE_MS } from '../../../history/time.ts'
import type { ChangeList } from '../../../schemas/change.ts'
import type { ProductList } from '../../../schemas/product.ts'
import { startApp, temporaryFolder } from '../../helper.ts'
import { postgresDatabase } from '../../postgres/database.ts'
import { Chance } from '../../replay/chance.ts'
import { type App, NO_UPSTREAM } from '../../routes/helper.ts'
import { INTERVAL_MS, makeCatalogue } from './catalogue.ts'

const API = '/api/v1'

/** How many requests are drawn, with some that are drawn twice. */
const DRAWN = Number(process.env.TRANSFER_REQUESTS ?? 300)

const LISTS = [
  ...['created_at', '-created_at', 'name', '-name', 'lowest_price', '-lowest_price'].map(
    (sort) => `sort=${sort}`,
  ),
  ...['lodz', 'wifi', 'ab123', '手机', 'mow rob', 'nothing'].map(
    (q) => `q=${encodeURIComponent(q)}`,
  ),
  ...['in_stock=true', 'stale=true', 'stale=false', 'registration=rejected'],
]

interface Known {
  now: number
  products: ProductList['items']
  /** The paths of offers, deleted ones as well. */
  offers: string[]
}

/** The kinds of requests. */
const KINDS: ((chance: Chance, known: Known) => string)[] = [
  (chance, { products }) => `/products/${chance.pick(products).id}`,
  (chance, { products }) => `/products/${chance.pick(products).id}/offers`,
  (chance, { products, now }) =>
    `/products/${chance.pick(products).id}/offers?at=${timeIn(chance, now)}`,
  (chance, { products, now }) =>
    `/products/${chance.pick(products).id}/trend?${windowIn(chance, now)}`,
  (chance, { offers, now }) => `${chance.pick(offers)}/trend?${windowIn(chance, now)}`,
  (chance, { products }) =>
    `/products/by-external-id/${chance.pick(products.map((product) => product.external_id ?? 'x'))}`,
  (chance) => `/products?${chance.pick(LISTS)}&limit=${chance.between(1, 9)}`,
  (chance) => `/changes?after=${chance.below(3000)}&limit=${chance.between(1, 200)}`,
  (chance, { products, now }) =>
    `/export/prices?format=csv&product_id=${chance.pick(products).id}&${windowIn(chance, now)}`,
]

const at = (time: number) => new Date(time).toISOString()

const timeIn = (chance: Chance, now: number) => at(now - chance.below(4 * DAY_MS))

function windowIn(chance: Chance, now: number): string {
  const [from, to] = [timeIn(chance, now), timeIn(chance, now)].sort()
  return `from=${from}&to=${to}`
}

async function drawn(app: App, now: number): Promise<string[]> {
  const products = (await app.inject(`${API}/products?limit=200`)).json<ProductList>().items
  const changes = (await app.inject(`${API}/changes?limit=1000`)).json<ChangeList>().items
  const offers = changes.flatMap(({ product_id, offer_id }) =>
    offer_id === null || offer_id === undefined ? [] : `/products/${product_id}/offers/${offer_id}`,
  )
  const chance = new Chance('questions')
  const paths = Array.from({ length: DRAWN }, (_, n) =>
    KINDS[n % KINDS.length]?.(chance, { now, products, offers }),
  )
  return [
    ...paths.flatMap((path) => path ?? []),
    ...['/movers?window=24h&direction=fall', '/movers?window=24h&direction=rise'],
    ...['/products?limit=200', '/changes?limit=1000'],
    `/export/prices?format=ndjson&from=${at(now - 4 * DAY_MS)}&to=${at(now)}`,
  ]
}

/** An answer without what depends on the moment. */
function told(body: string): string {
  return body.replace(/^\{"from":"[^"]*","to":"[^"]*",/, '{')
}

/** Asks a service on a database, and follows each list to its next page. */
async function answersOf(t: Test, url: string, paths: (app: App) => Promise<string[]> | string[]) {
  const app = await startApp(t, {
    ...NO_UPSTREAM,
    DATABASE_URL: url,
    REFRESH_INTERVAL_SECONDS: `${INTERVAL_MS / 1000}`,
  })
  const answers: Record<string, { statusCode: number; body: string }> = {}
  for (const path of await paths(app)) {
    const { statusCode, body } = await app.inject(API + path)
    answers[path] = { statusCode, body: path.startsWith('/movers') ? told(body) : body }
    const [, cursor] = /"next_cursor":"([^"]+)"/.exec(body) ?? []
    if (cursor === undefined) continue
    const next = await app.inject(`${API}${path}&cursor=${cursor}`)
    answers[`${path} next`] = { statusCode: next.statusCode, body: next.body }
  }
  await app.close()
  return answers
}

t.test(
  'the same requests have the same answers before and after, in both directions',
  async (t) => {
    const folder = await temporaryFolder(t)
    const [first, second] = ['first', 'second'].map((name) => `file:${join(folder, name)}.db`)
    const url = await postgresDatabase(t)
    const now = Date.now() - MINUTE_MS
    await makeCatalogue(String(first), now)
    const before = await answersOf(t, String(first), (app) => drawn(app, now))
    const paths = Object.keys(before).filter((path) => !path.endsWith(' next'))
    await moveDatabase(String(first), url, {})
    t.strictSame(await answersOf(t, url, () => paths), before)
    await moveDatabase(url, String(second), {})
    t.strictSame(await answersOf(t, String(second), () => paths), before)
    const statuses = Object.values(before).map(({ statusCode }) => statusCode)
    t.comment(`${statuses.length} requests`)
    t.ok(statuses.filter((status) => status === 200).length > DRAWN / 2)
    t.ok(Object.keys(before).some((path) => path.endsWith(' next')))
  },
)
