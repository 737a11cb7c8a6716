import t, { type Test } from 'tap'
import { StoreUnavailable } from '../../db/errors.ts'
import { eventually, startSimulator } from '../helper.ts'
import { create, read } from '../routes/helper.ts'
import { buildLogged } from './helper.ts'

/** An Offers service that answers every registration with a status that means nothing to us. */
async function startRefusing(t: Test) {
  const simulator = await startSimulator(t)
  const { settings } = simulator.faults
  Object.assign(settings, { calls: ['register'], error_rate: 1, error_status: 418 })
  return simulator
}

const logged: [what: string, status: number, body: string, level: number, fault: string][] = [
  ['a product that is rejected', 400, '{"msg":"No"}', 40, 'rejected'],
  ['an error that passes', 500, '{}', 40, 'unavailable'],
]
for (const [what, status, body, level, fault] of logged) {
  t.test(`${what} is logged at level ${level}`, async (t) => {
    const simulator = await startSimulator(t)
    simulator.faults.settings.calls = ['register']
    simulator.faults.settings.next = [{ status, body }]
    const { app, lines } = await buildLogged(t, { OFFERS_BASE_URL: simulator.baseUrl })
    const { id: productId } = await create(app, { name: 'Mower' })
    const line = await eventually(() => lines.find((line) => line.fault === fault))
    t.match(line, { level, productId, msg: String })
  })
}

t.test('a lasting fault is logged once a minute', async (t) => {
  const simulator = await startRefusing(t)
  const time = { now: Date.UTC(2026, 10, 22) }
  const { app, lines } = await buildLogged(
    t,
    { OFFERS_BASE_URL: simulator.baseUrl, LOG_LEVEL: 'debug' },
    { clock: () => time.now },
  )
  const levels = () => lines.filter(({ fault }) => fault === 'unexpected').map(({ level }) => level)
  await create(app, { name: 'a' })
  await eventually(() => levels().length === 1)
  await create(app, { name: 'b' })
  await eventually(() => levels().length === 2)
  time.now += 60_000
  await create(app, { name: 'c' })
  await eventually(() => levels().length >= 3)
  t.same(levels().slice(0, 3), [40, 20, 40])
})

t.test(
  'what failed to be registered before a restart is registered at once after it',
  async (t) => {
    const simulator = await startRefusing(t)
    const time = { now: Date.UTC(2026, 10, 22) }
    const environment = { clock: () => time.now }
    const variables = { OFFERS_BASE_URL: simulator.baseUrl }
    const before = await buildLogged(t, variables, environment)
    const { id } = await create(before.app, { name: 'Mower' })
    await eventually(() => simulator.served.requests.register === 1)
    await before.app.close()
    simulator.faults.settings.error_rate = 0
    const { DATABASE_URL } = before.app.config
    const after = await buildLogged(t, { ...variables, DATABASE_URL }, environment)
    await after.app.ready()
    await eventually(async () => (await read(after.app, id)).registration.status === 'registered')
  },
)

t.test(
  'what failed is registered soon after others succeed, be there a breaker or not',
  async (t) => {
    const simulator = await startRefusing(t)
    const time = { now: Date.UTC(2026, 10, 22) }
    const { app } = await buildLogged(
      t,
      { OFFERS_BASE_URL: simulator.baseUrl },
      { clock: () => time.now },
    )
    const { id } = await create(app, { name: 'a' })
    await eventually(() => simulator.served.requests.register === 1)
    simulator.faults.settings.error_rate = 0
    await create(app, { name: 'b' })
    await eventually(async () => (await read(app, id)).registration.status === 'registered')
  },
)

t.test(
  'an answer that is no list of offers is logged as a warning and changes nothing',
  async (t) => {
    const simulator = await startSimulator(t)
    simulator.faults.settings.calls = ['offers']
    simulator.faults.settings.next = [{ status: 200, body: '{"offers":[]}' }]
    const { app, lines } = await buildLogged(t, { OFFERS_BASE_URL: simulator.baseUrl })
    const { id: productId } = await create(app, { name: 'Mower' })
    const line = await eventually(() => lines.find(({ fault }) => fault === 'malformed'))
    t.match(line, { level: 40, productId })
    t.match(await read(app, productId), { checked_at: null, offers_count: 0 })
  },
)

t.test('a store that cannot give work is logged, and asked again', async (t) => {
  const simulator = await startSimulator(t)
  const { app, lines } = await buildLogged(t, { OFFERS_BASE_URL: simulator.baseUrl })
  await app.ready()
  const take = app.store.takeRegistrations
  app.store.takeRegistrations = () => Promise.reject(new StoreUnavailable(new Error('disk full')))
  const { id } = await create(app, { name: 'Mower' })
  const line = await eventually(() =>
    lines.find(({ msg }) => msg === 'the refresher could not read or write the store'),
  )
  t.match(line, { level: 50, err: { message: /The store is unavailable/ } })
  app.store.takeRegistrations = take
  await eventually(async () => (await read(app, id)).registration.status === 'registered')
})

t.test('outcomes that the store refuses are logged and counted', async (t) => {
  const simulator = await startSimulator(t)
  const { app, lines } = await buildLogged(t, { OFFERS_BASE_URL: simulator.baseUrl })
  await app.ready()
  app.store.settle = async (outcomes) => ({ refused: outcomes })
  await create(app, { name: 'Mower' })
  const line = await eventually(() => lines.find(({ msg }) => msg.startsWith('results of calls')))
  t.match(line, { level: 40, outcomes: Number })
  const metrics = await app.inject('/metrics')
  t.match(metrics.body, /^refresh_outcomes_refused_total [1-9]/m)
})

t.test('products are polled again when their interval is over', async (t) => {
  const simulator = await startSimulator(t)
  const { app } = await buildLogged(t, {
    OFFERS_BASE_URL: simulator.baseUrl,
    REFRESH_INTERVAL_SECONDS: '1',
  })
  await create(app, { name: 'Mower' })
  await eventually(() => simulator.served.requests.offers >= 2)
  t.equal(simulator.served.requests.register, 1)
})

t.test('on close, calls under way are waited for and what they gave is kept', async (t) => {
  const simulator = await startSimulator(t)
  const variables = { OFFERS_BASE_URL: simulator.baseUrl }
  const { app } = await buildLogged(t, variables)
  simulator.faults.settings.latency_ms = 100
  const { id } = await create(app, { name: 'Mower' })
  await eventually(() => simulator.served.requests.offers === 1)
  await app.close()
  const again = await buildLogged(t, { ...variables, DATABASE_URL: app.config.DATABASE_URL })
  t.type((await read(again.app, id)).checked_at, 'string')
})

t.test('after close nothing more is asked of the Offers service', async (t) => {
  const simulator = await startSimulator(t)
  const { app } = await buildLogged(t, {
    OFFERS_BASE_URL: simulator.baseUrl,
    REFRESH_INTERVAL_SECONDS: '1',
  })
  const { id } = await create(app, { name: 'Mower' })
  await eventually(async () => (await read(app, id)).checked_at)
  await app.close()
  const { offers } = simulator.served.requests
  await app.offersClient.offers(id).then(
    () => t.fail('a call went out'),
    () => t.equal(simulator.served.requests.offers, offers),
  )
})
