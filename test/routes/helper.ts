import { STATUS_CODES } from 'node:http'
import type { Test } from 'tap'
import type { Outcome } from '../../db/store.ts'
import type { ApiError } from '../../schemas/error.ts'
import type { ProductOffers } from '../../schemas/offer.ts'
import type { NewProduct, Product } from '../../schemas/product.ts'
import { createAll as createInStore } from '../db/create-all.ts'
import { DOWN, eventually, startApp, startSimulator } from '../helper.ts'

export const API = '/api/v1'
export const PRODUCTS = '/api/v1/products'

/** A UUIDv7 that no product has. */
export const UNKNOWN_ID = '019aa9f0-5c00-7000-8000-00000000dead'

/** Nobody listens there: products stay pending, and nothing changes them but the test. */
export const NO_UPSTREAM = { OFFERS_BASE_URL: 'http://127.0.0.1:1/api/v1' }

export type App = Awaited<ReturnType<typeof startApp>>
export type Response = Awaited<ReturnType<App['inject']>>

export interface ProductList {
  items: Product[]
  next_cursor: string | null
}

/** What no answer may show: SQL, places in the code, folders. */
const INTERNAL = /sqlite|select |insert |node_modules|\.ts\b|file:\/\/|\/tmp\/|stack/i

/** Asserts that an answer has the one shape of all errors, with this status and message. */
export function isError(
  t: Test,
  response: Response,
  statusCode: number,
  message: string | RegExp,
  code?: string,
): void {
  t.equal(response.statusCode, statusCode)
  t.match(response.headers['content-type'], /^application\/json/)
  const body = response.json<ApiError>()
  t.strictSame(body, {
    statusCode,
    error: STATUS_CODES[statusCode],
    message: body.message,
    ...(body.code === undefined ? {} : { code: body.code }),
  })
  if (typeof message === 'string') t.equal(body.message, message)
  else t.match(body.message, message)
  if (code !== undefined) t.equal(body.code, code)
  t.notMatch(response.body, INTERNAL)
}

/** Creates a product and gives the whole answer. */
export function post(app: App, product: NewProduct): Promise<Response> {
  return app.inject({ method: 'POST', url: PRODUCTS, payload: product })
}

/** Creates a product. */
export async function create(app: App, product: NewProduct): Promise<Product> {
  return (await post(app, product)).json<Product>()
}

/** Creates products in one call. */
export async function createAll(app: App, items: NewProduct[]): Promise<Product[]> {
  const response = await app.inject({
    method: 'POST',
    url: `${PRODUCTS}/batch`,
    payload: { items },
  })
  return response.json<{ items: { product: Product }[] }>().items.map(({ product }) => product)
}

export async function read(app: App, id: string): Promise<Product> {
  return (await app.inject(`${PRODUCTS}/${id}`)).json<Product>()
}

export async function list(app: App, query: string): Promise<ProductList> {
  return (await app.inject(`${PRODUCTS}?${query}`)).json<ProductList>()
}

/** All pages of a list, by following `next_cursor`. */
export async function listAll(app: App, query: string): Promise<Product[]> {
  const items: Product[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: ProductList = await list(app, cursor ? `${query}&cursor=${cursor}` : query)
    items.push(...page.items)
    cursor = page.next_cursor
  }
  return items
}

/** An offer as the Offers service of the first generation gives it. */
export interface WireOffer {
  id: string
  price: number
  items_in_stock: number
}

/** How a product is to look when `startPriced` is done. */
export type Priced = NewProduct & { offers: WireOffer[] }

/** An app on a simulator that has polled these products, in this order, once. */
export async function startPriced(
  t: Test,
  products: Priced[],
  variables: Record<string, string> = {},
) {
  const simulator = await startSimulator(t)
  let ids = 0
  const newId = () => {
    ids += 1
    return `019aa9f0-5c00-7000-8000-${String(ids).padStart(12, '0')}`
  }
  const app = await startApp(
    t,
    { OFFERS_BASE_URL: simulator.baseUrl, REFRESH_INTERVAL_SECONDS: '86400', ...variables },
    { newId },
  )
  const first = ids + 1
  for (const [index, { offers }] of products.entries()) {
    const id = `019aa9f0-5c00-7000-8000-${String(first + index).padStart(12, '0')}`
    simulator.answers.set(id, offers)
  }
  const created = await createAll(
    app,
    products.map(({ offers: _, ...product }) => product),
  )
  await eventually(async () => {
    const { items } = await app.store.products({ sort: 'created_at', words: [], limit: 200 })
    return items.length === products.length && items.every(({ checked_at }) => checked_at !== null)
  })
  return { app, simulator, products: created }
}

export async function offersOf(app: App, id: string): Promise<ProductOffers> {
  return (await app.inject(`${PRODUCTS}/${id}/offers`)).json<ProductOffers>()
}

/** An offer as a poll finds it. */
export const offer = (id: string, price: number, items_in_stock = 1): WireOffer => ({
  id,
  price,
  items_in_stock,
})

/** A poll: its time, and the offers that it found. */
export type Poll = [at: number, ...offers: WireOffer[]]

/** A good poll of the product with this token. */
export const polled = (token: string, [at, ...offers]: Poll): Outcome => ({
  type: 'refreshed',
  token,
  at,
  dueAt: at + 60_000,
  offers,
})

/** A poll of the product with this token that failed. */
export const failed = (token: string, at: number): Outcome => ({
  type: 'refresh-failed',
  token,
  at,
  dueAt: at + 60_000,
  ...DOWN,
})

/**
 * Keeps the background work of an app from its products, so that they have the history that a test
 * gives them and no other. Gives what does that, and the compaction that was held back.
 */
export function holdStill({ store }: App) {
  const take = store.takeRegistrations.bind(store)
  const compact = store.compact.bind(store)
  store.takeRegistrations = async () => []
  store.takeRefreshes = async () => []
  store.correctDueTimes = async () => {}
  store.compact = async () => false

  /** Creates products with these names that are registered, at 0, and gives their tokens and ids. */
  async function addAll(names: string[]): Promise<{ id: string; token: string }[]> {
    const created = await createInStore(
      store,
      names.map((name) => ({ name })),
    )
    const tasks = await take(Number.POSITIVE_INFINITY, names.length)
    await store.settle(tasks.map(({ token }): Outcome => ({ type: 'registered', token, at: 0 })))
    const tokens = new Map(tasks.map(({ id, token }) => [id, token]))
    return created.map(({ id }) => ({ id, token: tokens.get(id) ?? '' }))
  }

  /** Creates a product that is registered and was polled like that. */
  async function add(name: string, polls: Poll[] = []): Promise<{ id: string; token: string }> {
    const [made = { id: '', token: '' }] = await addAll([name])
    await store.settle(polls.map((poll) => polled(made.token, poll)))
    return made
  }

  return { add, addAll, compact }
}

/**
 * An app whose time stands still unless a test moves it, with nothing that happens by itself. Ids are
 * in the order of their creation, also within a millisecond.
 */
export async function startStill(t: Test, now: number, variables: Record<string, string> = {}) {
  const time = { now }
  let ids = 0
  const newId = () => {
    ids += 1
    return `019aa9f0-5c00-7000-9000-${String(ids).padStart(12, '0')}`
  }
  const app = await startApp(t, { ...NO_UPSTREAM, ...variables }, { clock: () => time.now, newId })
  return { app, time, ...holdStill(app) }
}
