import t from 'tap'
import { offersOf } from '../db/fixture.ts'
import { eventually } from '../helper.ts'
import { heldTimers } from '../timers.ts'
import { MINUTE, SECOND } from './clock.ts'
import { FIRST_WAIT, OFFER, refresherTests, SECOND_WAIT, SOON } from './refreshers.ts'

const { start, time, iso } = await refresherTests(t)

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

t.test('registrations take half of the budget of calls, their first polls included', async (t) => {
  const { create, at, called, settled } = await start(t, { callsPerSecond: 1 })
  await create(2)
  await at(0)
  await settled(2)
  await at(3 * SECOND)
  t.same(called, ['register ok true', 'offers ok true'])
  await at(4 * SECOND)
  await settled(4)
  t.equal(called.length, 4)
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

t.test('a clock that is put back by up to a second makes no poll due', async (t) => {
  const { create, at, checked, timeline } = await start(t)
  const [id = ''] = await create()
  await at(0)
  await checked(id, 0)
  await at(-SECOND)
  await at(SOON)
  await at(MINUTE)
  t.same(await timeline(3), ['register 201 +0', 'offers 200 +0', `offers 200 +${MINUTE}`])
})

t.test('a clock that is put back further makes all polls due', async (t) => {
  const { create, at, checked, timeline } = await start(t)
  const [id = ''] = await create()
  await at(0)
  await checked(id, 0)
  await at(-SECOND - 1)
  await at(SOON)
  t.same(await timeline(3), ['register 201 +0', 'offers 200 +0', `offers 200 +${SOON}`])
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

t.test('a product that is changed while it is being refused is registered again', async (t) => {
  const { create, at, faults, registration, store, requests } = await start(t)
  const latency_ms = 4_321
  const endTimers = heldTimers(t, latency_ms)
  faults.next = [{}, { status: 422, latency_ms }]
  const [id = ''] = await create()
  await at(0)
  await eventually(() => requests.register === 1)
  await store.updateProduct(id, { name: 'Short' })
  await eventually(endTimers)
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
