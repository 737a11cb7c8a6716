import t from 'tap'
import { ACCESS_TOKEN_SECONDS } from '../../simulator/access-token.ts'
import { buildSimulator } from '../../simulator/app.ts'
import type { FaultSettings } from '../../simulator/faults.ts'
import { DEFAULT_REFRESH_TOKEN } from '../../simulator/simulator.ts'
import { eventually } from '../helper.ts'
import { heldTimers } from '../timers.ts'
import { MINUTE, NOW, SECOND } from './clock.ts'
import { faultOf, refusingUrl } from './upstream.ts'
import { ID, iso, prepare, start, test } from './whole-service.ts'

const TOKEN_LIFE = ACCESS_TOKEN_SECONDS * SECOND

test('close waits five seconds and no longer for a service that hangs', async (t) => {
  const { app, create, faults, requests } = await start(t)
  faults.hang_rate = 1
  await create()
  await eventually(() => requests.auth === 1)
  const started = performance.now()
  await app.close()
  const took = performance.now() - started
  t.ok(took < 30_000, `${took} ms`)
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

test('second generation: a client that lost the token waits, and no product fails', async (t) => {
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

test('a token that is refused for a minute is replaced once, and all products are registered again', async (t) => {
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

/** The deadline of calls in one of these tests, at which the test ends those that hang. */
const HANG_MS = 54_321
const endHanging = heldTimers(t, HANG_MS)

const outages: [name: string, faults: Partial<FaultSettings>][] = [
  ['answers 500', { error_rate: 1, error_status: 500 }],
  ['does not answer', { hang_rate: 1 }],
  ['resets connections', { reset_rate: 1 }],
]
for (const [name, settings] of outages) {
  test(`while the service ${name} offers stay, probes go out one by one`, async (t) => {
    const { create, createBatch, checked, at, faults, service, time, ...rest } = await start(
      t,
      {},
      settings.hang_rate ? { OFFERS_TIMEOUT_MS: `${HANG_MS}` } : {},
    )
    const { offers, metric } = rest
    /** Resolves when `condition` is true, while calls that hang reach their deadline. */
    const duringOutage = (condition: () => Promise<boolean>) =>
      eventually(() => {
        endHanging()
        return condition()
      })
    const known = await create()
    await checked(known, 0)
    const before = await offers(known)
    Object.assign(faults, settings)
    await createBatch(6)
    const ended = (call: string, result: string) =>
      metric(`offers_call_duration_seconds_count{call="${call}",result="${result}"}`)
    const failed = async () =>
      (await ended('register', 'unavailable')) + (await ended('offers', 'unavailable'))
    await duringOutage(async () => (await failed()) + (await ended('register', 'paused')) >= 6)
    t.equal(await metric('offers_breaker_open'), 1)

    const lastErrorAt = async () => (await rest.status()).upstream.last_error?.at
    for (const ms of [5 * SECOND, 10 * SECOND, 4 * MINUTE]) {
      const before = await failed()
      at(ms)
      await duringOutage(async () => (await lastErrorAt()) === iso(ms))
      await time.looked()
      // Calls are counted, not requests: a poll whose connection is reset is sent twice.
      t.equal(await failed(), before + 1, 'one probe')
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
