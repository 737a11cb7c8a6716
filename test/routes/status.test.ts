import t from 'tap'
import packageJson from '../../package.json' with { type: 'json' }
import type { ChangeList } from '../../schemas/change.ts'
import type { Status } from '../../schemas/status.ts'
import { offersOf } from '../db/fixture.ts'
import { eventually, startApp, startSimulator } from '../helper.ts'
import {
  API,
  type App,
  create,
  createAll,
  NO_UPSTREAM,
  offer,
  PRODUCTS,
  polled,
  startStill,
} from './helper.ts'

const NOW = Date.UTC(2026, 10, 22, 8)
const URL = '/api/v1/status'
const status = async (app: App) => (await app.inject(URL)).json<Status>()

t.test('the status of a new service', async (t) => {
  const simulator = await startSimulator(t)
  const app = await startApp(t, {
    OFFERS_BASE_URL: simulator.baseUrl,
    REFRESH_INTERVAL_SECONDS: '30',
  })
  const response = await app.inject(URL)
  t.equal(response.statusCode, 200)
  const { uptime_s, ...rest } = response.json<Status>()
  t.ok(uptime_s >= 0)
  t.strictSame(rest, {
    version: packageJson.version,
    instances: 1,
    products: 0,
    offers: 0,
    registrations_pending: 0,
    last_seq: 0,
    database: { damaged: [] },
    upstream: {
      url: simulator.baseUrl,
      simulated: false,
      last_success_at: null,
      last_error: null,
      paused_until: null,
    },
    refresh: {
      interval_s: 30,
      due: 0,
      oldest_checked_at: null,
      p95_age_s: null,
      within_target: 1,
      failing: 0,
    },
  })
})

t.test('the status says so where the Offers service is the simulator', async (t) => {
  const { upstream } = await status(await startApp(t))
  t.equal(upstream.simulated, true)
  t.match(upstream.url, /^http:\/\/127\.0\.0\.1:\d+\/api\/v1$/)
})

t.test('the status counts products and offers, and says how fresh they are', async (t) => {
  const time = { now: NOW }
  const simulator = await startSimulator(t)
  const app = await startApp(t, { OFFERS_BASE_URL: simulator.baseUrl }, { clock: () => time.now })
  const products = await createAll(app, [{ name: 'a' }, { name: 'b' }])
  const at = new Date(NOW).toISOString()
  await eventually(async () => (await status(app)).refresh.within_target === 1)
  const fresh = await status(app) // Its figures are not read at once: the first status may have older ones.
  const offers = await Promise.all(products.map(({ id }) => offersOf(app.store, id)))
  t.match(fresh, {
    products: 2,
    offers: offers.flatMap(({ items }) => items).length,
    registrations_pending: 0,
    upstream: { last_success_at: at, last_error: null },
    refresh: { due: 0, oldest_checked_at: at, p95_age_s: 0, within_target: 1 },
  })

  // A pause leaves due what is due.
  Object.assign(simulator.faults.settings, { error_rate: 1, retry_after: '600' })
  time.now += 90_000
  t.equal((await status(app)).refresh.within_target, 1)
  time.now += 1
  t.match((await status(app)).refresh, {
    due: 2,
    oldest_checked_at: at,
    p95_age_s: 90.001,
    within_target: 0,
  })
})

t.test(
  'the status names the last error of the Offers service, and what waits for it',
  async (t) => {
    const app = await startApp(t, NO_UPSTREAM, { clock: () => NOW })
    const { id: product_id } = await create(app, { name: 'Mower' })
    const now = await eventually(async () => {
      const now = await status(app)
      return now.upstream.last_error ? now : undefined
    })
    t.equal(now?.registrations_pending, 1)
    t.strictSame(now?.upstream.last_error, {
      at: new Date(NOW).toISOString(),
      message: 'The Offers service cannot be reached (ECONNREFUSED)',
      product_id,
    })
  },
)

t.test('the status says until when the Offers service asked not to be called', async (t) => {
  const simulator = await startSimulator(t)
  simulator.faults.settings.next = [{ status: 503, retry_after: '120' }]
  const app = await startApp(t, { OFFERS_BASE_URL: simulator.baseUrl }, { clock: () => NOW })
  await create(app, { name: 'Mower' })
  const pausedUntil = await eventually(async () => (await status(app)).upstream.paused_until)
  t.equal(pausedUntil, new Date(NOW + 120_000).toISOString())
})

t.test('the status names the last change, which the next one moves', async (t) => {
  const { app, add } = await startStill(t, NOW)
  const lastSeq = async () => (await status(app)).last_seq
  const { id, token } = await add('Mower', [[NOW, offer('a', 1), offer('b', 2)]])
  t.equal(await lastSeq(), 4, 'created, registered, two offers')
  await app.store.settle([polled(token, [NOW, offer('a', 1), offer('b', 2)])])
  t.equal(await lastSeq(), 4, 'nothing changed')
  await app.store.settle([polled(token, [NOW, offer('a', 3)])])
  t.equal(await lastSeq(), 6, 'one changed, one went')
  await app.inject({ method: 'PATCH', url: `${PRODUCTS}/${id}`, payload: { name: 'Saw' } })
  t.equal(await lastSeq(), 7)
  await app.inject({ method: 'DELETE', url: `${PRODUCTS}/${id}` })
  t.equal(await lastSeq(), 8)
  const { items, last_seq } = (await app.inject(`${API}/changes`)).json<ChangeList>()
  t.strictSame([items.at(-1)?.seq, last_seq], [8, 8])
})
