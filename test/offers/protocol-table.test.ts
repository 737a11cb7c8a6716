/**
 * One test or more for every row of the table "What follows for this product" of the protocol, on
 * the whole service as it ships, against the simulator over HTTP.
 */
import { join } from 'node:path'
import { Value } from '@sinclair/typebox/value'
import t, { type Test } from 'tap'
import { AccessToken } from '../../offers/protocol.ts'
import type { ProductOffers } from '../../schemas/offer.ts'
import type { Product } from '../../schemas/product.ts'
import type { Status } from '../../schemas/status.ts'
import { ACCESS_TOKEN_SECONDS } from '../../simulator/access-token.ts'
import { buildSimulator } from '../../simulator/app.ts'
import type { FaultSettings } from '../../simulator/faults.ts'
import { DEFAULT_REFRESH_TOKEN, type SimulatorOptions } from '../../simulator/simulator.ts'
import { eventually, startApp, startSimulator, temporaryFolder } from '../helper.ts'
import { MINUTE, NOW, SECOND } from './clock.ts'
import { faultOf, listen, refusingUrl } from './upstream.ts'

// Most of their time the tests wait for the scheduler, so that they can do so side by side.
t.jobs = 4
const test = (name: string, fn: (t: Test) => Promise<void>) => t.test(name, { buffered: true }, fn)

const TOKEN_LIFE = ACCESS_TOKEN_SECONDS * SECOND
const ID = '0b6f8a8e-3f0c-7a5d-9b57-0c7a3c0f1d2e'
const OFFER = { id: 'a', price: 1000, items_in_stock: 5 }
const iso = (ms: number) => new Date(NOW + ms).toISOString()

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
function clientOf(app: App) {
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
async function prepare(t: Test, options: SimulatorOptions = {}) {
  const time = clockwork()
  const service = await startSimulator(t, { clock: time.clock, log: true, ...options })
  const folder = await temporaryFolder(t)
  const given = {
    DATABASE_URL: `file:${join(folder, 'test.db')}`,
    OFFERS_BASE_URL: service.baseUrl,
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

async function start(t: Test, options: SimulatorOptions = {}, variables?: Record<string, string>) {
  const prepared = await prepare(t, options)
  return { ...prepared, ...(await prepared.boot(variables)) }
}

test('close waits five seconds and no longer for a service that hangs', async (t) => {
  const { app, create, faults, requests } = await start(t, {}, { OFFERS_TIMEOUT_MS: '60000' })
  faults.hang_rate = 1
  await create()
  await eventually(() => requests.auth === 1)
  const started = performance.now()
  await app.close()
  const took = performance.now() - started
  t.ok(took < 8_000, `${took} ms`)
})

test('first generation: a token is asked for once in the life of the database', async (t) => {
  const { boot, at, requests } = await prepare(t)
  const before = await boot()
  const id = await before.create()
  await before.checked(id, 0)
  await before.app.close()
  const after = await boot()
  at(MINUTE)
  await after.checked(id, MINUTE)
  t.equal(requests.auth, 1)
  t.equal(requests.register, 1)
})

test('second generation: a token is kept over a restart and renewed when expired', async (t) => {
  const { boot, at, answers, requests } = await prepare(t, { generation: 2 })
  const before = await boot()
  const id = await before.create()
  await before.checked(id, 0)
  await before.app.close()
  const after = await boot()
  at(TOKEN_LIFE - 1)
  await after.checked(id, TOKEN_LIFE - 1)
  t.same(answers('auth'), ['201 +0'], 'not renewed before')
  at(TOKEN_LIFE + MINUTE)
  await after.checked(id, TOKEN_LIFE + MINUTE)
  t.same(answers('auth'), ['201 +0', `201 +${TOKEN_LIFE + MINUTE}`])
  t.equal(requests.register, 1)
  t.notOk(answers('offers').some((answer) => answer.startsWith('401')))
})

test('second generation: who lost the token waits, and no product fails', async (t) => {
  const { boot, at, answers, other } = await prepare(t, { generation: 2 })
  await other('/auth', DEFAULT_REFRESH_TOKEN)
  const { create, status, checked, product } = await boot()
  const id = await create()
  await eventually(async () => (await status()).upstream.paused_until === iso(5 * SECOND))
  t.same(answers('auth'), ['201 +0', '400 +0'])
  t.match(await product(id), { registration: { status: 'pending', reason: null } })
  at(TOKEN_LIFE)
  await checked(id, TOKEN_LIFE)
  t.same(answers('auth').slice(2), [`201 +${TOKEN_LIFE}`])
  t.same(answers('register'), [`201 +${TOKEN_LIFE}`], 'nothing was sent before')
})

test('a 401 on one call is followed by one more try of it', async (t) => {
  const { create, checked, faults, answers, status } = await start(t)
  Object.assign(faults, {
    calls: ['register', 'offers'],
    next: [{ status: 401 }, {}, { status: 401 }],
  })
  await checked(await create(), 0)
  t.same(answers('register'), ['401 +0', '201 +0'])
  t.same(answers('offers').slice(0, 2), ['401 +0', '200 +0'])
  t.same(answers('auth'), ['201 +0'])
  t.equal((await status()).upstream.last_error, null)
})

test('a 401 for many callers causes one POST /auth, and all of them succeed', async (t) => {
  const { create, createBatch, checked, service, answers, status } = await start(t, {
    generation: 2,
  })
  await checked(await create(), 0)
  service.state.revokeTokens()
  await createBatch(30)
  await eventually(async () => (await status()).registrations_pending === 0)
  t.same(answers('auth'), ['201 +0', '201 +0'])
  t.equal((await status()).upstream.last_error, null)
})

test('a token that is dead for a minute is replaced once, all is registered anew', async (t) => {
  const { app, create, checked, service, answers, at, offers, metric, status } = await start(t)
  const warnings = t.capture(app.log, 'warn')
  const ids = [await create('A'), await create('B'), await create('C')]
  for (const id of ids) await checked(id, 0)
  const known = await offers(ids[0] ?? '')
  service.state.revokeTokens()
  at(MINUTE)
  await eventually(async () => (await status()).upstream.last_error?.at === iso(MINUTE))
  t.same(await offers(ids[0] ?? ''), known, 'known offers stay')
  at(2 * MINUTE)
  for (const id of ids) await checked(id, 2 * MINUTE)
  t.same(answers('auth'), ['201 +0', `201 +${2 * MINUTE}`])
  t.same(answers('register').slice(3), Array(3).fill(`201 +${2 * MINUTE}`))
  const accounts = [...service.state.accounts.values()]
  t.same(
    accounts.map(({ products }) => [...products.keys()].sort()),
    [ids, ids].map((list) => list.toSorted()),
  )
  t.match(
    warnings()
      .map(({ args }) => args)
      .slice(0, 2),
    [
      [{ fault: 'unauthorized' }, 'The Offers service refused the access token'],
      [{ reason: 'dead' }, 'got an access token from the Offers service'],
    ],
  )
  t.equal(await metric('offers_tokens_total{reason="dead"}'), 1)
})

test('a 404 has the product registered again, and its offers stay meanwhile', async (t) => {
  const { create, checked, service, answers, at, offers, faults, status } = await start(t)
  const id = await create()
  await checked(id, 0)
  const { items } = await offers(id)
  service.state.forget(id)
  faults.calls = ['register']
  faults.next = [{ status: 500 }]
  at(MINUTE)
  await eventually(async () => /500$/.test((await status()).upstream.last_error?.message ?? ''))
  t.same(await offers(id), { items, checked_at: iso(0), stale: false })
  at(2 * MINUTE)
  await checked(id, 2 * MINUTE)
  t.same(answers('register'), ['201 +0', `500 +${MINUTE}`, `201 +${2 * MINUTE}`])
})

test('a 404 that lasts causes one registration per interval at most', async (t) => {
  const { create, answers, at, faults, time } = await start(t)
  Object.assign(faults, { calls: ['offers'], error_rate: 1, error_status: 404 })
  await create()
  await eventually(() => answers('offers').length === 1)
  await time.looked()
  at(MINUTE - 1)
  await time.looked()
  at(MINUTE)
  await eventually(() => answers('offers').length === 2)
  t.same(answers('register'), ['201 +0', `201 +${MINUTE}`])
})

test('a 409 counts as registered', async (t) => {
  const { boot, other, at, answers } = await prepare(t, { generation: 2 })
  const { access_token } = await other('/auth', DEFAULT_REFRESH_TOKEN)
  await other('/products/register', access_token, { id: ID, name: 'Mower', description: '' })
  at(TOKEN_LIFE)
  const { create, checked, registration } = await boot({}, () => ID)
  const id = await create()
  await checked(id, TOKEN_LIFE)
  await registration(id, 'registered')
  t.same(answers('register'), ['201 +0', `409 +${TOKEN_LIFE}`])
})

const rejections: [generation: 1 | 2, status: number, body: string][] = [
  [1, 400, '{"code":"BAD_REQUEST","msg":"the name is too long"}'],
  [2, 422, '{"detail":"the name is too long"}'],
]
for (const [generation, status, body] of rejections) {
  test(`${status} rejects a product with its reason until it is changed`, async (t) => {
    const { create, registration, product, patch, answers, at, faults, time } = await start(t, {
      generation,
    })
    Object.assign(faults, { calls: ['register'], next: [{ status, body }] })
    const id = await create()
    await registration(id, 'rejected')
    t.match(await product(id), { registration: { reason: 'the name is too long' } })
    at(MINUTE)
    await time.looked()
    t.same(answers('register'), [`${status} +0`])
    await patch(id, 'Short')
    await registration(id, 'registered')
    t.match(await product(id), { registration: { reason: null } })
    t.same(answers('register'), [`${status} +0`, `201 +${MINUTE}`])
  })
}

const pauses: [status: number, retryAfter: string, pause: number][] = [
  [429, '30', 30 * SECOND],
  [503, new Date(NOW + 90 * SECOND).toUTCString(), 90 * SECOND],
  [503, '86400', 10 * MINUTE],
]
for (const [status, retryAfter, pause] of pauses) {
  test(`${status} with Retry-After ${retryAfter} pauses all calls until then`, async (t) => {
    const { app, create, checked, faults, answers, at, time, product, ...rest } = await start(t)
    Object.assign(faults, { calls: ['register'], next: [{ status, retry_after: retryAfter }] })
    const id = await create()
    await eventually(async () => (await rest.status()).upstream.paused_until === iso(pause))
    const other = await create()
    at(pause - 1)
    await time.looked()
    t.equal(await faultOf(app.offersClient.offers(id)), 'paused')
    t.match(await product(other), { registration: { status: 'pending' } })
    t.same(answers('register'), [`${status} +0`])
    t.same(answers('offers'), [])
    at(pause)
    await checked(id, pause)
    await checked(other, pause)
    t.same(answers('register').slice(1), [`201 +${pause}`, `201 +${pause}`])
  })
}

const outages: [name: string, faults: Partial<FaultSettings>][] = [
  ['answers 500', { error_rate: 1, error_status: 500 }],
  ['does not answer', { hang_rate: 1 }],
  ['resets connections', { reset_rate: 1 }],
]
for (const [name, settings] of outages) {
  test(`while the service ${name} offers stay, probes go out one by one`, async (t) => {
    const { create, createBatch, checked, at, faults, requests, service, time, ...rest } =
      await start(t, {}, { OFFERS_TIMEOUT_MS: settings.hang_rate ? '1000' : '5000' })
    const { offers, metric } = rest
    const known = await create()
    await checked(known, 0)
    const before = await offers(known)
    Object.assign(faults, settings)
    await createBatch(6)
    const ended = (result: string) =>
      metric(`offers_call_duration_seconds_count{call="register",result="${result}"}`)
    await eventually(async () => (await ended('unavailable')) + (await ended('paused')) >= 6)
    t.equal(await metric('offers_breaker_open'), 1)

    const count = () => requests.auth + requests.register + requests.offers
    // On a busy machine a call can end here before its request has come to the simulator.
    const sent = 3 + (await ended('unavailable'))
    await eventually(() => count() === sent)
    const lastErrorAt = async () => (await rest.status()).upstream.last_error?.at
    for (const ms of [5 * SECOND, 10 * SECOND, 4 * MINUTE]) {
      const before = count()
      at(ms)
      await eventually(async () => (await lastErrorAt()) === iso(ms) && count() > before)
      await time.looked()
      t.equal(count(), before + 1, 'one probe')
    }
    t.same(await offers(known), { ...before, checked_at: iso(0), stale: true })

    service.faults.reset()
    let ms = 4 * MINUTE
    await eventually(async () => {
      ms += SECOND
      at(ms)
      await time.looked()
      return (await rest.status()).registrations_pending === 0
    })
    t.equal(await metric('offers_breaker_open'), 0)
  })
}

test('the end of an outage has all that is pending registered at once', async (t) => {
  const { app, create, checked, at, faults, answers, time } = await start(t)
  Object.assign(faults, { calls: ['register'], error_rate: 1, error_status: 500 })
  const ids = [await create(), await create()]
  await eventually(() => answers('register').length === 2)
  await time.looked()
  faults.error_rate = 0
  while (app.breaker.capacity > 0) app.breaker.failed(app.breaker.enter())
  // Half a second is enough for a probe, but not for their own waits, which last one at least.
  at(SECOND / 2)
  for (const id of ids) await checked(id, SECOND / 2)
  t.same(answers('register').slice(2), [`201 +${SECOND / 2}`, `201 +${SECOND / 2}`])
})

test('a service that refuses connections is called as soon as it is up', async (t) => {
  const baseUrl = await refusingUrl(t)
  const { boot, at, time } = await prepare(t)
  const { create, status, checked, metric } = await boot({ OFFERS_BASE_URL: baseUrl })
  const ids = [await create(), await create()]
  const failed = 'offers_call_duration_seconds_count{call="register",result="unavailable"}'
  await eventually(async () => (await metric(failed)) === 2)
  t.match((await status()).upstream.last_error, { message: /ECONNREFUSED/ })
  await time.looked()
  const simulator = buildSimulator()
  t.teardown(() => simulator.close())
  await simulator.listen({ host: '127.0.0.1', port: Number(new URL(baseUrl).port) })
  at(MINUTE)
  for (const id of ids) await checked(id, MINUTE)
})

const malformed: [name: string, body: string | Buffer][] = [
  ['nothing', ''],
  ['no JSON', '<html>'],
  ['JSON that is cut off', '[{"id":"a","price":1000,'],
  ['invalid UTF-8', Buffer.from([0x5b, 0xff, 0x5d])],
  ['an object', JSON.stringify({ offers: [OFFER] })],
  ['null', 'null'],
  ['a missing field', '[{"id":"a","price":1000}]'],
  ['a price with a fraction', JSON.stringify([{ ...OFFER, price: 0.5 }])],
  ['a negative price', JSON.stringify([{ ...OFFER, price: -1 }])],
  ['a price as text', JSON.stringify([{ ...OFFER, price: '1000' }])],
  ['an id twice', JSON.stringify([OFFER, OFFER])],
  ['an id with NUL', '[{"id":"\\u0000","price":1,"items_in_stock":1}]'],
  ['an id with a lone surrogate', '[{"id":"\\ud800","price":1,"items_in_stock":1}]'],
  ['a good offer beside a bad one', JSON.stringify([{ ...OFFER, id: 'b' }, {}])],
  ['more than 1 MiB', `[${' '.repeat(1024 * 1024)}]`],
]
test('a 200 that is no valid array of offers leaves the known ones, whatever it is', async (t) => {
  const bodies = new Map<string, string | Buffer>()
  const served = new Map<string, number>()
  const baseUrl = await listen(t, ({ method, url }, response) => {
    if (method === 'POST') {
      response.writeHead(201).end('{"access_token":"token"}')
      return
    }
    const id = url?.split('/').at(-2) ?? ''
    const body = bodies.get(id)
    if (body !== undefined) served.set(id, (served.get(id) ?? 0) + 1)
    response.end(body ?? JSON.stringify([OFFER]))
  })
  const app = await startApp(t, { OFFERS_BASE_URL: baseUrl, REFRESH_INTERVAL_SECONDS: '1' })
  const { create, offers, metric, product } = clientOf(app)
  const ids = await Promise.all(malformed.map(([name]) => create(name)))
  for (const id of ids) await eventually(async () => (await product(id)).offers_count === 1)
  for (const [index, id] of ids.entries()) bodies.set(id, malformed[index]?.[1] ?? '')
  // A second poll of a product starts after the first one was judged and written.
  await eventually(() => ids.every((id) => (served.get(id) ?? 0) > 1))

  const counted = await metric(
    'offers_call_duration_seconds_count{call="offers",result="malformed"}',
  )
  t.ok(counted >= malformed.length, `${counted} are counted`)
  for (const [index, id] of ids.entries()) {
    const name = malformed[index]?.[0] ?? ''
    t.match(await offers(id), { items: [OFFER] }, name)
    t.match(
      await product(id),
      { refresh: { fault: 'malformed', message: /answer|Offer at/ } },
      name,
    )
  }
})

test('a valid array is the truth: listed, changed, delisted and listed again', async (t) => {
  const { boot, at, service } = await prepare(t)
  const [a, b] = [OFFER, { ...OFFER, id: 'b', price: 900 }]
  service.answers.set(ID, [a, b])
  const { create, checked, offers, product } = await boot({}, () => ID)
  const id = await create()
  await checked(id, 0)
  const born = { first_seen_at: iso(0), changed_at: iso(0), lowest_prior_30d: null }
  t.same((await offers(id)).items, [
    { ...b, ...born },
    { ...a, ...born },
  ])

  const cheaper = { ...a, price: 800 }
  service.answers.set(id, [cheaper])
  at(MINUTE)
  await checked(id, MINUTE)
  const changed = { ...born, changed_at: iso(MINUTE), lowest_prior_30d: a.price }
  t.same((await offers(id)).items, [{ ...cheaper, ...changed }], 'one changed, one delisted')
  t.match(await product(id), { offers_count: 1, lowest_price: 800 })

  service.answers.set(id, [cheaper, b])
  at(2 * MINUTE)
  await checked(id, 2 * MINUTE)
  t.same(
    (await offers(id)).items,
    [
      { ...cheaper, ...changed },
      { ...b, ...born, changed_at: iso(2 * MINUTE) },
    ],
    'the same is left as it was, the delisted one is back as itself',
  )

  service.answers.set(id, [])
  at(3 * MINUTE)
  await checked(id, 3 * MINUTE)
  t.same((await offers(id)).items, [])
  t.match(await product(id), { offers_count: 0, lowest_price: null, stale: false })
})

test('integer ids of the first generation are kept as text, unchanged', async (t) => {
  const { boot, service } = await prepare(t)
  service.answers.set(ID, [
    { ...OFFER, id: 17 },
    { ...OFFER, id: '017' },
    { ...OFFER, id: Number.MAX_SAFE_INTEGER },
  ])
  const { create, checked, offers } = await boot({}, () => ID)
  const id = await create()
  await checked(id, 0)
  const ids = (await offers(id)).items.map((offer) => offer.id)
  t.same(ids, ['017', '17', '9007199254740991'])
})

test('another base URL: a new token is asked for and all is registered anew', async (t) => {
  const { boot, requests, time } = await prepare(t)
  const next = await startSimulator(t, { clock: time.clock })
  const before = await boot()
  const ids = [await before.create(), await before.create()]
  for (const id of ids) await before.checked(id, 0)
  await before.app.close()
  const earlier = { ...requests }
  time.at(MINUTE)
  const after = await boot({ OFFERS_BASE_URL: next.baseUrl })
  for (const id of ids) await after.checked(id, MINUTE)
  t.equal(next.served.requests.auth, 1)
  t.equal(next.served.statuses.register[201], 2)
  t.same(requests, earlier, 'the one before is left alone')
})

test('another refresh token: a new token is asked for and all is registered anew', async (t) => {
  const refreshTokens = [DEFAULT_REFRESH_TOKEN, 'of-another-person']
  const { boot, answers, at, service } = await prepare(t, { generation: 2, refreshTokens })
  const before = await boot()
  const ids = [await before.create(), await before.create()]
  for (const id of ids) await before.checked(id, 0)
  await before.app.close()
  at(MINUTE)
  const after = await boot({ OFFERS_REFRESH_TOKEN: 'of-another-person' })
  for (const id of ids) await after.checked(id, MINUTE)
  t.same(answers('auth'), ['201 +0', `201 +${MINUTE}`])
  t.equal(service.state.accounts.get('of-another-person')?.products.size, 2)
})

test('close lets the polls under way end and writes what came', async (t) => {
  const { boot, faults, requests } = await prepare(t)
  Object.assign(faults, { calls: ['offers'], next: [{ latency_ms: 100 }] })
  const before = await boot()
  const id = await before.create()
  await eventually(() => requests.offers === 1)
  await before.app.close()
  const after = await boot()
  t.match(await after.app.store.product(id), {
    registration: { status: 'registered' },
    checked_at: iso(0),
  })
})
