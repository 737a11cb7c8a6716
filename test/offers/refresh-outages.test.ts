import t from 'tap'
import type { Outcome } from '../../db/store.ts'
import { eventually } from '../helper.ts'
import { heldTimers } from '../timers.ts'
import { MINUTE, SECOND } from './clock.ts'
import { credentialsInMemory, openTestStore } from './helper.ts'
import { refresherTests, SOON } from './refreshers.ts'
import { listen } from './upstream.ts'

const { start, time, clock, sharedStore, iso } = await refresherTests(t)

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
  t.test(`nothing is left of a product that is deleted during ${call}`, async (t) => {
    const { create, at, store, faults, requests, refresher, storeFailures } = await start(t)
    faults.calls = [call]
    const latency_ms = 4_321
    const endTimers = heldTimers(t, latency_ms)
    faults.next = [{ latency_ms }]
    const [id = ''] = await create()
    await at(0)
    await eventually(() => requests[call] === 1)
    await store.deleteProduct(id)
    await eventually(endTimers)
    await refresher.close()
    t.same(await store.totals(), { products: 0, pending: 0, registered: 0, offers: 0 })
    t.match(await store.freshness(time.begin), { due: 0, oldestCheckedAt: null })
    await t.rejects(store.offers(id), { code: 'PRODUCT_NOT_FOUND' })
    t.same(storeFailures, [])
  })
}

t.test('a store that hands out no work is reported, and no promise rejects', async (t) => {
  const store = await openTestStore(t, clock)
  const { refresher, storeFailures } = await start(t, { store })
  await store.close()
  await t.resolves(refresher.wake())
  t.equal(storeFailures.length, 1)
})

t.test('a store that accepts no outcomes is reported, and nothing is rejected', async (t) => {
  const store = await openTestStore(t, clock)
  const { create, at, faults, requests, refresher, storeFailures } = await start(t, { store })
  const latency_ms = 4_321
  const endTimers = heldTimers(t, latency_ms)
  faults.calls = ['register']
  faults.next = [{ status: 500, latency_ms }]
  await create()
  await at(0)
  await eventually(() => requests.register === 1)
  const closed = refresher.close()
  await store.close()
  await eventually(endTimers)
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

t.test('outcomes that the store refuses are reported, and do not count as successes', async (t) => {
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
