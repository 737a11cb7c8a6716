import t, { type Test } from 'tap'
import type { Outcome, Store } from '../../db/store.ts'
import type { OffersError } from '../../offers/errors.ts'
import { Pacer } from '../../offers/pacer.ts'
import { Refresher } from '../../offers/refresh.ts'
import type { TokenStore } from '../../offers/token.ts'
import { createAll } from '../db/create-all.ts'
import { offersOf } from '../db/fixture.ts'
import { eventually, startSimulator } from '../helper.ts'
import { MINUTE, NOW, SECOND, stoppedClock } from './clock.ts'
import { credentialsInMemory, openTestStore, startClient } from './helper.ts'
import { listen } from './upstream.ts'

/** The waits after a first and a second failure, where chance says one third. */
const FIRST_WAIT = 1333
const SECOND_WAIT = 2667

/** When the pace of polling allows a second try for one lone product. */
const SOON = 5 * SECOND

/** By this clock, which stands still, goes everything. Each test has a day of its own. */
const time = { ...stoppedClock(), begin: NOW }
const clock = () => time.now

/** Opening it is slow, so that there is one; each test finds it empty and leaves it so. */
const sharedStore = await openTestStore(t, clock)

/**
 * A refresher of a simulator. Polls ahead of their time have no budget at the start. What is counted
 * in ms is the time since the start.
 */
async function start(
  t: Test,
  options: {
    store?: Store
    concurrency?: number
    waitMs?: () => number
    paceMs?: number
    baseUrl?: string
    credentials?: TokenStore
  } = {},
) {
  time.begin += 24 * 60 * MINUTE
  time.now = time.begin
  const service = await startSimulator(t, { clock, log: true })
  const { store = sharedStore, credentials = credentialsInMemory() } = options
  const { client, breaker, changes } = startClient(t, options.baseUrl ?? service.baseUrl, {
    clock,
    store: credentials,
  })
  /** The outcomes that were written. */
  const settled: string[] = []
  const settle = store.settle.bind(store)
  t.intercept(store, 'settle', {
    async value(outcomes: Outcome[]) {
      const settlement = await settle(outcomes)
      settled.push(...outcomes.map(({ type }) => type))
      return settlement
    },
  })
  const ids: string[] = []
  const pacer = new Pacer(options.paceMs ?? MINUTE, time.begin)
  pacer.spend(1)
  const called: string[] = []
  const faulty: [string, OffersError][] = []
  const storeFailures: unknown[] = []
  const refused: number[] = []
  const refresher = new Refresher({
    ...{ store, client, breaker, pacer, clock, intervalMs: MINUTE, random: () => 1 / 3 },
    concurrency: options.concurrency ?? 4,
    waitMs: options.waitMs ?? (() => 0),
    observer: {
      called: (call, result, ms) => called.push(`${call} ${result} ${Number.isFinite(ms)}`),
      faulty: (id, error) => faulty.push([id, error]),
      storeFailed: (error) => storeFailures.push(error),
      refused: (outcomes) => refused.push(outcomes),
    },
  })
  async function end(): Promise<void> {
    const closed = refresher.close()
    await client.close()
    await closed
    if (store === sharedStore) await Promise.allSettled(ids.map((id) => store.deleteProduct(id)))
  }
  t.teardown(end)

  return {
    ...{ service, store, breaker, changes, refresher, called, faulty, storeFailures, refused },
    settled: (count: number) => eventually(() => settled.length >= count),
    faults: service.faults.settings,
    requests: service.served.requests,
    async create(count = 1): Promise<string[]> {
      const items = Array.from({ length: count }, (_, n) => ({ name: `Mower ${n}` }))
      const created = (await createAll(store, items)).map(({ id }) => id)
      ids.push(...created)
      return created
    },
    /** Goes to a time after the start and looks for work. */
    async at(ms: number): Promise<void> {
      time.now = time.begin + ms
      await refresher.wake()
    },
    /** Resolves when the outcome of a poll at this time after the start is written. */
    checked: (id: string, ms: number) =>
      eventually(async () => (await store.product(id)).checked_at === iso(ms)),
    registration: (id: string, status: string) =>
      eventually(async () => (await store.product(id)).registration.status === status),
    /** The answers that the service gave, once there are so many and no call is under way. */
    async timeline(length: number): Promise<string[]> {
      const log = () => service.served.log().filter(({ call }) => call !== 'auth')
      await eventually(() => log().length >= length)
      await refresher.close()
      return log().map(({ call, status, at }) => `${call} ${status} +${at - time.begin}`)
    },
  }
}

const iso = (ms: number) => new Date(time.begin + ms).toISOString()
const OFFER = { id: 'a', price: 1000, items_in_stock: 5 }

t.test('a new product is registered and polled at once', async (t) => {
  const { create, at, checked, store, timeline, service, called } = await start(t)
  const [id = ''] = await create()
  service.answers.set(id, [OFFER])
  await at(0)
  await checked(id, 0)
  t.match(await offersOf(store, id), { items: [OFFER] })
  t.match(await store.product(id), { registration: { status: 'registered' } })
  t.same(await timeline(2), ['register 201 +0', 'offers 200 +0'])
  t.same(called, ['register ok true', 'offers ok true'])
})

t.test('wakes that come at once do the work once', async (t) => {
  const { create, refresher, timeline } = await start(t)
  await create()
  await Promise.all([refresher.wake(), refresher.wake(), refresher.wake()])
  t.same(await timeline(2), ['register 201 +0', 'offers 200 +0'])
})

t.test('a product is polled again after an interval and not before', async (t) => {
  const { create, at, checked, timeline } = await start(t)
  const [id = ''] = await create()
  await at(0)
  await checked(id, 0)
  await at(MINUTE - 1)
  await at(MINUTE)
  t.same(await timeline(3), ['register 201 +0', 'offers 200 +0', `offers 200 +${MINUTE}`])
})

t.test('an answer that is known already is not written again', async (t) => {
  const { create, at, checked, settled, store, service } = await start(t)
  const [id = ''] = await create()
  service.answers.set(id, [OFFER])
  await at(0)
  await checked(id, 0)
  await settled(2) // What was written can be read before the store counts it.
  const outcomes = t.capture(store, 'settle', store.settle.bind(store))
  const { lastSeq } = store
  await at(MINUTE)
  await checked(id, MINUTE)
  t.match(
    outcomes().flatMap(({ args: [list] }) => list),
    [{ type: 'unchanged' }],
  )
  t.equal(store.lastSeq, lastSeq)
  service.answers.set(id, [{ ...OFFER, price: 999 }])
  await at(2 * MINUTE)
  await checked(id, 2 * MINUTE)
  t.match(await offersOf(store, id), { items: [{ price: 999 }] })
  await settled(3)
})

t.test('the work waits to make way for others', async (t) => {
  const waits = [5, 3, 0]
  const { create, refresher, timeline } = await start(t, { waitMs: () => waits.shift() ?? 0 })
  await create()
  await refresher.wake()
  t.same(waits, [3, 0])
  t.same(await timeline(2), ['register 201 +0', 'offers 200 +0'])
  t.same(waits, [])
})

t.test('polls spread over the interval at the even pace', async (t) => {
  const { create, at, checked, timeline } = await start(t)
  const ids = await create(2)
  await at(0)
  await Promise.all(ids.map((id) => checked(id, 0)))
  await at(MINUTE / 2)
  t.equal((await timeline(5))[4], `offers 200 +${MINUTE / 2}`)
})

t.test('a registration that fails is tried again after a growing wait', async (t) => {
  const { create, at, timeline, faults, faulty, settled } = await start(t)
  faults.calls = ['register']
  faults.next = [{ status: 500 }, { status: 500 }]
  const [id = ''] = await create()
  await at(0)
  await settled(1)
  await at(FIRST_WAIT - 1)
  await at(FIRST_WAIT)
  await settled(2)
  await at(FIRST_WAIT + SECOND_WAIT - 1)
  await at(FIRST_WAIT + SECOND_WAIT)
  t.same(await timeline(4), [
    'register 500 +0',
    `register 500 +${FIRST_WAIT}`,
    `register 201 +${FIRST_WAIT + SECOND_WAIT}`,
    `offers 200 +${FIRST_WAIT + SECOND_WAIT}`,
  ])
  t.match(faulty[0], [id, { fault: 'unavailable' }])
})

const badPolls: [name: string, fault: string, body: object][] = [
  ['fails', 'unavailable', { status: 500 }],
  ['is answered with something that is no array of offers', 'malformed', { body: '[{}]' }],
  ['is refused with 401', 'unauthorized', { status: 401 }],
  ['is answered in an unexpected way', 'unexpected', { status: 418 }],
]
for (const [name, fault, body] of badPolls) {
  t.test(`a poll that ${name} leaves the known offers, and is tried again soon`, async (t) => {
    const { create, at, checked, settled, store, service, faulty } = await start(t)
    const [id = ''] = await create()
    service.answers.set(id, [OFFER])
    await at(0)
    await checked(id, 0)
    service.faults.products.set(id, body)
    await at(MINUTE)
    await settled(3)
    t.match(faulty, [[id, { fault }]])
    service.faults.products.clear()
    t.match(await offersOf(store, id), { items: [OFFER], checked_at: iso(0) })
    await at(MINUTE + SOON)
    await checked(id, MINUTE + SOON)
  })
}

t.test('a product that is not known is registered again, once per interval at most', async (t) => {
  const { create, at, timeline, faults, settled } = await start(t)
  faults.calls = ['offers']
  faults.error_rate = 1
  faults.error_status = 404
  await create()
  await at(0)
  await settled(2)
  await at(MINUTE / 2)
  await at(MINUTE - 1)
  await at(MINUTE)
  t.same(await timeline(4), [
    'register 201 +0',
    'offers 404 +0',
    `register 201 +${MINUTE}`,
    `offers 404 +${MINUTE}`,
  ])
})

t.test('a product that was forgotten after an interval is registered again at once', async (t) => {
  const { create, at, timeline, service, checked } = await start(t)
  const [id = ''] = await create()
  await at(0)
  await checked(id, 0)
  service.state.forget(id)
  await at(MINUTE)
  await checked(id, MINUTE)
  t.same(await timeline(5), [
    'register 201 +0',
    'offers 200 +0',
    `offers 404 +${MINUTE}`,
    `register 201 +${MINUTE}`,
    `offers 200 +${MINUTE}`,
  ])
})

t.test('a product that is refused is tried again only when it is changed', async (t) => {
  const { create, at, timeline, faults, registration, store, refresher, checked } = await start(t)
  faults.next = [{}, { status: 422, body: '{"detail":"too long"}' }]
  const [id = ''] = await create()
  await at(0)
  await registration(id, 'rejected')
  t.match(await store.product(id), { registration: { reason: 'too long' } })
  await at(60 * MINUTE)
  await store.updateProduct(id, { name: 'Short' })
  await at(61 * MINUTE)
  await checked(id, 61 * MINUTE)
  await refresher.close()
  t.match(await store.product(id), { registration: { status: 'registered', reason: null } })
  t.same(await timeline(3), [
    'register 422 +0',
    `register 201 +${61 * MINUTE}`,
    `offers 200 +${61 * MINUTE}`,
  ])
})

t.test('a product that is changed while it is refused is tried once more', async (t) => {
  const { create, at, faults, registration, store, requests } = await start(t)
  faults.next = [{}, { status: 422, latency_ms: 50 }]
  const [id = ''] = await create()
  await at(0)
  await eventually(() => requests.register === 1)
  await store.updateProduct(id, { name: 'Short' })
  await registration(id, 'registered')
  t.equal(requests.register, 2)
})

for (const call of ['register', 'offers'] as const) {
  t.test(`a pause in answer to ${call} is no failure of the product`, async (t) => {
    const { create, at, checked, settled, faults, breaker, timeline } = await start(t)
    faults.calls = [call]
    faults.next = [{ status: 429, retry_after: '30' }]
    const [id = ''] = await create()
    await at(0)
    await settled(call === 'offers' ? 2 : 1)
    t.equal(breaker.pausedUntil, time.begin + 30 * SECOND)
    await at(30 * SECOND - 1)
    await at(30 * SECOND)
    await checked(id, 30 * SECOND)
    t.same(
      (await timeline(3)).filter((line) => line.startsWith(call)),
      [`${call} 429 +0`, `${call} ${call === 'offers' ? 200 : 201} +${30 * SECOND}`],
    )
  })
}

t.test('while the service is down one probe at a time goes out, due or not', async (t) => {
  const { create, at, faults, settled, changes, requests } = await start(t)
  faults.calls = ['register']
  faults.error_rate = 1
  await create(6)
  await at(0)
  await settled(5)
  t.same(changes, [true])
  const failed = requests.register
  await at(374)
  await at(375)
  await settled(failed + 1)
  await at(375 + 749)
  t.equal(requests.register, failed + 1)
  faults.error_rate = 0
  await at(375 + 750)
  await eventually(() => requests.register === failed + 1 + 6)
  t.same(changes, [true, false])
})

t.test('a probe polls where there is nothing to register', async (t) => {
  const { create, at, checked, breaker, requests } = await start(t)
  const [id = ''] = await create()
  await at(0)
  await checked(id, 0)
  for (let n = 0; n < 5; n++) breaker.failed(breaker.enter())
  await at(SECOND)
  await checked(id, SECOND)
  t.equal(requests.offers, 2)
  t.equal(breaker.capacity, Number.POSITIVE_INFINITY)
})

t.test('a product that hangs does not delay others', async (t) => {
  const { create, at, checked, service, store } = await start(t)
  const [hanging = '', ...others] = await create(8)
  service.faults.products.set(hanging, { hang: true })
  await at(0)
  await Promise.all(others.map((id) => checked(id, 0)))
  t.match(await store.product(hanging), { registration: { status: 'pending' } })
})

t.test('no more calls are under way than the concurrency allows', async (t) => {
  let underWay = 0
  let most = 0
  const baseUrl = await listen(t, ({ method }, response) => {
    underWay += 1
    most = Math.max(most, underWay)
    setTimeout(() => {
      underWay -= 1
      response.writeHead(method === 'GET' ? 200 : 201)
      response.end(method === 'GET' ? '[]' : '{"access_token":"x"}')
    }, 5)
  })
  const { create, at, checked } = await start(t, { baseUrl, concurrency: 3, paceMs: 1000 })
  const ids = await create(12)
  await at(0)
  await Promise.all(ids.map((id) => checked(id, 0)))
  await at(MINUTE)
  await eventually(() => most >= 3)
  await at(2 * MINUTE)
  await Promise.any(ids.map((id) => checked(id, 2 * MINUTE)))
  t.equal(most, 3)
})

t.test('a store that is slower than the service holds the work back', async (t) => {
  const held = Promise.withResolvers<void>()
  const settle = sharedStore.settle.bind(sharedStore)
  const batches: number[] = []
  t.intercept(sharedStore, 'settle', {
    async value(outcomes: Outcome[]) {
      batches.push(outcomes.length)
      await held.promise
      return settle(outcomes)
    },
  })
  const f = await start(t, { concurrency: 16 })
  await f.create(800)
  await f.at(0)
  const calls = () => f.requests.register + f.requests.offers
  await eventually(() => calls() >= 600)
  for (let wakes = 0; wakes < 50; wakes++) await f.at(0)
  // What was under way went on, and each product has two calls, for its registration and its first poll.
  t.ok(calls() < 600 + 2 * 16, `${calls()} calls`)
  held.resolve()
  await f.settled(1_600)
  t.equal(calls(), 1_600)
  t.ok(
    batches.every((count) => count <= 100),
    `${batches}`,
  )
})

t.test('registrations leave half of the concurrency to polls', async (t) => {
  const { create, at, checked, faults, requests } = await start(t)
  const [id = ''] = await create()
  await at(0)
  await checked(id, 0)
  faults.calls = ['register']
  faults.hang_rate = 1
  await create(10)
  await at(MINUTE)
  await checked(id, MINUTE)
  await at(2 * MINUTE)
  await checked(id, 2 * MINUTE)
  t.equal(requests.register, 3)
})

for (const call of ['register', 'offers'] as const) {
  t.test(`a product that is deleted during ${call} leaves nothing behind`, async (t) => {
    const { create, at, store, faults, requests, refresher, storeFailures } = await start(t)
    faults.calls = [call]
    faults.next = [{ latency_ms: 50 }]
    const [id = ''] = await create()
    await at(0)
    await eventually(() => requests[call] === 1)
    await store.deleteProduct(id)
    await refresher.close()
    t.same(await store.totals(), { products: 0, pending: 0, registered: 0, offers: 0 })
    t.match(await store.freshness(time.begin), { due: 0, oldestCheckedAt: null })
    await t.rejects(store.offers(id), { code: 'PRODUCT_NOT_FOUND' })
    t.same(storeFailures, [])
  })
}

t.test('a store that gives no work is told, and nothing is rejected', async (t) => {
  const store = await openTestStore(t, clock)
  const { refresher, storeFailures } = await start(t, { store })
  await store.close()
  await t.resolves(refresher.wake())
  t.equal(storeFailures.length, 1)
})

t.test('a store that takes no outcomes is told, and nothing is rejected', async (t) => {
  const store = await openTestStore(t, clock)
  const { create, at, faults, requests, refresher, storeFailures } = await start(t, { store })
  faults.calls = ['register']
  faults.next = [{ status: 500, latency_ms: 50 }]
  await create()
  await at(0)
  await eventually(() => requests.register === 1)
  const closed = refresher.close()
  await store.close()
  await closed
  t.match(storeFailures, [{ message: 'The store is unavailable' }])
})

t.test('products that hang again and again leave room for the others', async (t) => {
  const { create, at, checked, settled, service, requests } = await start(t)
  const ids = await create(6)
  await at(0)
  for (const id of ids) await checked(id, 0)
  const [healthy = '', ...hanging] = ids
  for (const id of hanging) service.faults.products.set(id, { status: 418 })
  // The pace gives one poll each time, and the longest due is polled first.
  for (let poll = 0; poll < 6; poll++) {
    await at(MINUTE + poll * SOON)
    await settled(12 + poll + 1)
  }
  for (const id of hanging) service.faults.products.set(id, { hang: true })
  const before = requests.offers
  for (let poll = 0; poll < 6; poll++) await at(3 * MINUTE + poll * SOON)
  await checked(healthy, 3 * MINUTE + 5 * SOON)
  t.equal(requests.offers, before + 2, 'of four places one is for those that failed')
})

t.test('failed registrations are expedited once in five seconds at most', async (t) => {
  const { create, at, service, requests, registration } = await start(t)
  const [failing = ''] = await create()
  service.faults.products.set(failing, { status: 418 })
  await at(0)
  const registrationsAfterAnother = async (expected: number) => {
    const [other = ''] = await create()
    await at(1)
    await registration(other, 'registered')
    await eventually(() => requests.register === expected)
  }
  await registrationsAfterAnother(1 + 1 + 1)
  await registrationsAfterAnother(3 + 1)
  await at(1)
  t.equal(requests.register, 4, 'the one that failed was tried again for the first of them alone')
})

t.test('what the store refuses is told, and counts as no success', async (t) => {
  const store = await openTestStore(t, clock)
  // As when all products of this instance have gone to another one.
  store.settle = async (outcomes) => ({ refused: outcomes })
  t.intercept(store, 'expediteRegistrations', {
    value: async () => t.fail('what was refused shows nothing'),
  })
  const { create, at, faults, refused } = await start(t, { store })
  const refusedInAll = () => refused.reduce((sum, count) => sum + count, 0)
  faults.next = [{ status: 500 }] // For the token.
  await create()
  await at(0)
  await eventually(() => refusedInAll() === 1)
  await create()
  await at(1)
  // The registration of the second product, and its first poll.
  await eventually(() => refusedInAll() === 3)
  t.match(await store.totals(), { pending: 2, registered: 0 })
})

t.test('a store that fails to take outcomes is left alone for a while', async (t) => {
  const store = await openTestStore(t, clock)
  const settle = store.settle.bind(store)
  let failing = true
  store.settle = async (outcomes) => {
    if (!failing) return settle(outcomes)
    // The work is free again, as the store promises for a failure too.
    await settle(outcomes.map(({ token }) => ({ type: 'released', token })))
    throw new Error('the disk is full')
  }
  const { create, at, checked, requests, storeFailures } = await start(t, { store })
  const [id = ''] = await create()
  await at(0)
  await eventually(() => storeFailures.length > 0)
  const before = requests.register
  await at(5 * SECOND - 1)
  t.equal(requests.register, before, 'what was not written would only be done again')
  failing = false
  await at(5 * SECOND)
  await checked(id, 5 * SECOND)
})

t.test('a call that fails before it is sent fails like one that was', async (t) => {
  const broken = () => Promise.reject(new Error('the disk is gone'))
  const credentials = { ...credentialsInMemory(), credentials: broken }
  const { create, at, faulty, registration } = await start(t, { credentials })
  const [id = ''] = await create()
  await at(0)
  await eventually(() => faulty.length === 1)
  t.match(faulty, [[id, { fault: 'unavailable', cause: { message: 'the disk is gone' } }]])
  await registration(id, 'pending')
})

t.test('close waits for what is under way and writes it', async (t) => {
  const { create, at, store, faults, requests, refresher } = await start(t)
  faults.calls = ['offers']
  faults.next = [{ latency_ms: 50 }]
  const [id = ''] = await create()
  await at(0)
  await eventually(() => requests.offers === 1)
  await refresher.close()
  t.match(await store.product(id), { checked_at: iso(0) })
})

t.test('close waits for what was about to start: it ended while calls went out', async (t) => {
  const { create, store, refresher, requests } = await start(t)
  const [id = ''] = await create()
  void refresher.wake()
  await refresher.close()
  t.match(await store.product(id), { registration: { status: 'registered' }, checked_at: iso(0) })
  t.equal(requests.offers, 1)
})

t.test('nothing starts after close', async (t) => {
  const { create, refresher, requests } = await start(t)
  await create()
  await refresher.close()
  await refresher.wake()
  await refresher.close()
  t.same(requests, { auth: 0, register: 0, offers: 0 })
})
