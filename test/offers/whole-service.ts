import { join } from 'node:path'
import { Value } from '@sinclair/typebox/value'
import t, { type Test } from 'tap'
import { AccessToken } from '../../offers/protocol.ts'
import type { ProductOffers } from '../../schemas/offer.ts'
import type { Product } from '../../schemas/product.ts'
import type { Status } from '../../schemas/status.ts'
import { DEFAULT_REFRESH_TOKEN, type SimulatorOptions } from '../../simulator/simulator.ts'
import { eventually, startApp, startSimulator, temporaryFolder } from '../helper.ts'
import { NOW } from './clock.ts'

// Most of their time the tests wait for the scheduler, so that they can do so side by side.
t.jobs = 4
export const test = (name: string, fn: (t: Test) => Promise<void>) =>
  t.test(name, { buffered: true }, fn)

export const ID = '0b6f8a8e-3f0c-7a5d-9b57-0c7a3c0f1d2e'
export const OFFER = { id: 'a', price: 1000, items_in_stock: 5 }
export const iso = (ms: number) => new Date(NOW + ms).toISOString()

/** A clock that stands still until `at` is called, with times counted from its start. */
function clockwork() {
  let now = NOW
  let reads = 0
  return {
    clock() {
      reads += 1
      return now
    },
    at(ms: number) {
      now = NOW + ms
    },
    /** Resolves when the scheduler has looked for work some times more. */
    async looked(): Promise<void> {
      const before = reads
      await eventually(() => reads > before + 6)
    },
  }
}

type App = Awaited<ReturnType<typeof startApp>>

/** What a client of the API sees and does. */
export function clientOf(app: App) {
  const get = async <T>(url: string) => (await app.inject(`/api/v1${url}`)).json<T>()
  const product = (id: string) => get<Product>(`/products/${id}`)
  return {
    product,
    offers: (id: string) => get<ProductOffers>(`/products/${id}/offers`),
    status: () => get<Status>('/status'),
    async create(name = 'Mower'): Promise<string> {
      const payload = { name }
      const response = await app.inject({ method: 'POST', url: '/api/v1/products', payload })
      return response.json<Product>().id
    },
    async createBatch(count: number): Promise<string[]> {
      const payload = { items: Array.from({ length: count }, (_, n) => ({ name: `Mower ${n}` })) }
      const url = '/api/v1/products/batch'
      const response = await app.inject({ method: 'POST', url, payload })
      return response.json<{ items: { product: Product }[] }>().items.map((item) => item.product.id)
    },
    patch: (id: string, name: string) =>
      app.inject({ method: 'PATCH', url: `/api/v1/products/${id}`, payload: { name } }),
    /** Resolves when the product was checked at this time after the start. */
    checked: (id: string, ms: number) =>
      eventually(async () => (await product(id)).checked_at === iso(ms)),
    registration: (id: string, status: string) =>
      eventually(async () => (await product(id)).registration.status === status),
    /** A line of the metrics, without its figure. */
    async metric(line: string): Promise<number> {
      const { body } = await app.inject('/metrics')
      const found = body.split('\n').find((text) => text.startsWith(`${line} `))
      return Number(found?.slice(line.length) ?? 0)
    },
  }
}

/** A simulator, and what starts the service on one database: again and again, but once at a time. */
export async function prepare(t: Test, options: SimulatorOptions = {}) {
  const time = clockwork()
  const service = await startSimulator(t, { clock: time.clock, log: true, ...options })
  const folder = await temporaryFolder(t)
  const given = {
    DATABASE_URL: `file:${join(folder, 'test.db')}`,
    OFFERS_BASE_URL: service.baseUrl,
    OFFERS_TIMEOUT_MS: '60000', // Not to be reached, however slow the machine is.
    OFFERS_REFRESH_TOKEN: options.generation === 2 ? DEFAULT_REFRESH_TOKEN : '',
  }
  return {
    ...{ time, service },
    at: time.at,
    faults: service.faults.settings,
    requests: service.served.requests,
    async boot(variables: Record<string, string> = {}, newId?: () => string) {
      const environment = { clock: time.clock, random: () => 1 / 3, ...(newId && { newId }) }
      const app = await startApp(t, { ...given, ...variables }, environment)
      return { app, ...clientOf(app) }
    },
    /** The answers to one kind of call, with the time since the start. */
    answers: (call: 'auth' | 'register' | 'offers') =>
      service.served
        .log()
        .filter((entry) => entry.call === call)
        .map(({ status, at }) => `${status} +${at - NOW}`),
    /** Someone else with the same refresh token. */
    async other(path: string, token: string, body?: object): Promise<{ access_token: string }> {
      const response = await fetch(service.baseUrl + path, {
        method: 'POST',
        headers: { Bearer: token, ...(body && { 'content-type': 'application/json' }) },
        body: JSON.stringify(body),
      })
      const given: unknown = await response.json()
      return Value.Check(AccessToken, given) ? given : { access_token: '' }
    },
  }
}

export async function start(
  t: Test,
  options: SimulatorOptions = {},
  variables?: Record<string, string>,
) {
  const prepared = await prepare(t, options)
  return { ...prepared, ...(await prepared.boot(variables)) }
}
