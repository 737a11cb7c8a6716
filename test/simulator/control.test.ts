import type { InjectOptions } from 'fastify'
import t from 'tap'
import { noFaults } from '../../simulator/faults.ts'
import { marketOffers } from '../../simulator/market.ts'
import { NOW, OTHER_PRODUCT, PRODUCT, startSimulator } from './helper.ts'

const patch = (payload: InjectOptions['payload']): InjectOptions => ({
  method: 'PATCH',
  url: '/control',
  payload,
})

t.test('reports what was served and how it is set', async (t) => {
  const { app, authorize, offers, register } = startSimulator(t)
  const token = await authorize()
  await register(token)
  await offers(token)
  await offers(token, OTHER_PRODUCT)
  const response = await app.inject('/control')
  t.equal(response.statusCode, 200)
  t.same(response.json(), {
    generation: 1,
    tick: Math.floor(NOW / 60_000),
    requests: { auth: 1, register: 1, offers: 2 },
    statuses: { auth: { 201: 1 }, register: { 201: 1 }, offers: { 200: 1, 404: 1 } },
    granted: { auth: 1, register: 1 },
    products: 1,
    tokens: 1,
    seconds: [[NOW / 1000, 2]],
    log: false,
    faults: noFaults(),
  })
})

t.test('counts only tokens that are valid', async (t) => {
  const { app, authorize, time } = startSimulator(t, { generation: 2 })
  await authorize()
  t.match((await app.inject('/control')).json(), { tokens: 1 })
  time.now += 300_000
  t.match((await app.inject('/control')).json(), { tokens: 0 })
})

t.test('sets faults and the log, and keeps the other settings', async (t) => {
  const { app, simulator } = startSimulator(t)
  const all = {
    latency_ms: 5,
    calls: ['offers'],
    next: [{ status: 500, retry_after: '1' }],
    unauthorized: true,
    redirect_to: 'http://x/',
    reset_rate: 0.1,
    reset_point: 'answer',
    hang_rate: 0.1,
    error_rate: 0.5,
    error_status: 429,
    retry_after: '5',
    malformed_rate: 0.25,
  }
  t.match((await app.inject(patch({ ...all, log: true }))).json(), { log: true, faults: all })
  t.equal(simulator.served.keepLog, true)
  const less = await app.inject(patch({ redirect_to: null, retry_after: null, next: [] }))
  t.same(less.json<{ faults: unknown }>().faults, {
    ...all,
    redirect_to: null,
    retry_after: null,
    next: [],
  })
  t.equal(simulator.served.keepLog, true)
})

const refused: [string, InjectOptions][] = [
  ['a misspelt fault', patch({ latency: 5 })],
  ['a rate above 1', patch({ error_rate: 1.1 })],
  ['a rate as text', patch({ error_rate: '1' })],
  ['an unknown call', patch({ calls: ['all'] })],
  ['a status that is none', patch({ error_status: 99 })],
  ['a misspelt fault of the next request', patch({ next: [{ hangs: true }] })],
  ['no limit', { url: '/control/log?limit=0' }],
  ['a misspelt fault of a product', { ...put('fault', { code: 500 }) }],
]
for (const [name, request] of refused) {
  t.test(`refuses ${name}`, async (t) => {
    const { app, simulator } = startSimulator(t)
    t.equal((await app.inject(request)).statusCode, 400)
    t.same(simulator.faults.settings, noFaults())
  })
}

t.test('shows the latest answers', async (t) => {
  const { app, authorize, offers, register } = startSimulator(t, { log: true })
  const token = await authorize()
  await register(token)
  const answer = await offers(token)
  await app.inject({ method: 'POST', url: '/api/v1/products/register', payload: [] })
  await app.inject(patch({ next: [{ body: '[' }] }))
  await offers(token)
  const log = await app.inject('/control/log')
  t.match(log.json(), [
    { at: NOW, call: 'auth', product: null, status: 201, offers: null },
    { call: 'register', product: PRODUCT, status: 201, offers: null },
    { call: 'offers', product: PRODUCT, status: 200, body: answer.body, offers: answer.json() },
    { call: 'register', product: null, status: 400, offers: null },
    { call: 'offers', product: PRODUCT, status: 200, body: '[', offers: null },
  ])
  t.match((await app.inject('/control/log?limit=2')).json(), [
    { call: 'register', status: 400 },
    { call: 'offers' },
  ])
})

t.test('revokes tokens', async (t) => {
  const { app, authorize, offers, register } = startSimulator(t, { generation: 2 })
  const token = await authorize()
  await register(token)
  const response = await app.inject({ method: 'DELETE', url: '/control/tokens' })
  t.equal(response.statusCode, 204)
  t.equal((await offers(token)).statusCode, 401)
  t.equal((await offers(await authorize())).statusCode, 200)
})

t.test('resets', async (t) => {
  const { app, authorize, offers, register, simulator } = startSimulator(t)
  const token = await authorize()
  await register(token)
  await app.inject(patch({ latency_ms: 1 }))
  const response = await app.inject({ method: 'POST', url: '/control/reset' })
  t.equal(response.statusCode, 204)
  t.same(simulator.served.requests, { auth: 0, register: 0, offers: 0 })
  t.equal((await offers(token)).statusCode, 401)
})

function put(what: 'offers' | 'fault', payload: InjectOptions['payload']): InjectOptions {
  const headers = { 'content-type': 'application/json' }
  return { method: 'PUT', url: `/control/products/${PRODUCT}/${what}`, headers, payload }
}

t.test('forgets a product', async (t) => {
  const { app, authorize, offers, register } = startSimulator(t)
  const token = await authorize()
  await register(token)
  const forget = { method: 'DELETE', url: `/control/products/${PRODUCT}` } as const
  t.equal((await app.inject(forget)).statusCode, 204)
  t.equal((await offers(token)).statusCode, 404)
  t.equal((await app.inject(forget)).statusCode, 404)
})

const answers = [
  '[]',
  '[{"id":"a","price":1,"items_in_stock":2}]',
  '{"no":"array"}',
  'null',
  '"text"',
]
for (const answer of answers) {
  t.test(`answers ${answer} for a product until it goes back to the market`, async (t) => {
    const { app, authorize, offers, register } = startSimulator(t)
    const token = await authorize()
    await register(token)
    t.equal((await app.inject(put('offers', answer))).statusCode, 204)
    t.equal((await offers(token)).body, answer)
    const remove = { method: 'DELETE', url: `/control/products/${PRODUCT}/offers` } as const
    t.equal((await app.inject(remove)).statusCode, 204)
    t.same((await offers(token)).json(), marketOffers(1, PRODUCT, Math.floor(NOW / 60_000), 1))
  })
}

t.test('applies a fault to one product until it is ended', async (t) => {
  const { app, authorize, offers, register } = startSimulator(t)
  const token = await authorize()
  for (const id of [PRODUCT, OTHER_PRODUCT]) await register(token, id)
  t.equal((await app.inject(put('fault', { status: 503, retry_after: '9' }))).statusCode, 204)
  for (const response of [await offers(token), await register(token)]) {
    t.equal(response.statusCode, 503)
    t.equal(response.headers['retry-after'], '9')
    t.match(response.json(), { code: 'SERVICE UNAVAILABLE' })
  }
  t.equal((await offers(token, OTHER_PRODUCT)).statusCode, 200)
  const remove = { method: 'DELETE', url: `/control/products/${PRODUCT}/fault` } as const
  t.equal((await app.inject(remove)).statusCode, 204)
  t.equal((await offers(token)).statusCode, 200)
})
