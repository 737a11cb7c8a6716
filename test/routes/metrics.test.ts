import t from 'tap'
import { StoreDamaged } from '../../db/errors.ts'
import { eventually, startApp, startSimulator } from '../helper.ts'
import { type App, create, NO_UPSTREAM, PRODUCTS, read, startStill, UNKNOWN_ID } from './helper.ts'

const NOW = Date.UTC(2026, 10, 22, 8)

/** The value of the first metric line that begins with `name`; undefined without one. */
async function metric(app: App, name: string): Promise<number | undefined> {
  const lines = (await app.inject('/metrics')).body.split('\n')
  const line = lines.find((line) => line.startsWith(name))
  return line === undefined ? undefined : Number(line.split(' ').at(-1))
}

t.test('metrics are in the text format of Prometheus', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const response = await app.inject('/metrics')
  t.equal(response.statusCode, 200)
  t.match(response.headers['content-type'], /^text\/plain; version=0\.0\.4/)
  t.match(response.body, /^# HELP /)
})

t.test('requests are counted by route, so that ids make no new series', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const product = await create(app, { name: 'Mower' })
  for (const id of [product.id, product.id, UNKNOWN_ID]) await read(app, id)
  await app.inject('/nope')
  await app.inject('/nope/again')
  const count = (method: string, route: string, status: number) =>
    metric(
      app,
      `http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`,
    )
  t.equal(await count('POST', PRODUCTS, 201), 1)
  t.equal(await count('GET', `${PRODUCTS}/:id`, 200), 2)
  t.equal(await count('GET', `${PRODUCTS}/:id`, 404), 1)
  t.notMatch((await app.inject('/metrics')).body, UNKNOWN_ID)
  t.notMatch((await app.inject('/metrics')).body, '/nope')
})

t.test('commits and the calls of the Offers service are measured', async (t) => {
  const simulator = await startSimulator(t)
  const app = await startApp(t, { OFFERS_BASE_URL: simulator.baseUrl })
  const { id } = await create(app, { name: 'Mower' })
  await eventually(async () => (await read(app, id)).checked_at)
  t.ok(Number(await metric(app, 'store_writes_total')) >= 2)
  t.ok(Number(await metric(app, 'store_commit_duration_seconds_count')) >= 2)
  for (const call of ['register', 'offers']) {
    const name = `offers_call_duration_seconds_count{call="${call}",result="ok"}`
    t.ok(Number(await metric(app, name)) >= 1, call)
  }
  t.equal(await metric(app, 'offers_tokens_total{reason="first"}'), 1)
  t.equal(await metric(app, 'offers_breaker_open'), 0)
})

const ages: [when: string, ms: number, max: number, p95: number, within: number][] = [
  ['when it was checked', 0, 0, 0, 1],
  ['ten minutes later', 600_000, 600, 600, 0],
  ['by a clock that was put back since', -1, Number.NaN, Number.NaN, 0],
]
t.test('the ages of the checks are known or not a number, and never negative', async (t) => {
  const { app, time, add } = await startStill(t, NOW)
  const max = 'refresh_age_max_seconds'
  const names = [max, 'refresh_age_p95_seconds', 'refresh_within_target_ratio']
  t.same(await metric(app, max), Number.NaN, 'of an empty catalogue')
  await add('Mower', [[NOW]])
  for (const [when, ms, ...figures] of ages) {
    time.now = NOW + ms
    t.same(await Promise.all(names.map((name) => metric(app, name))), figures, when)
  }
})

t.test('the lag of the streams of changes is measured', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const measured = async () => [
    await metric(app, 'change_feed_lag_changes'),
    await metric(app, 'change_feed_lag_seconds'),
  ]
  t.strictSame(await measured(), [0, 0])
  t.intercept(app.changeHub, 'lag', { get: () => ({ changes: 7, ms: 1_500 }) })
  t.strictSame(await measured(), [7, 1.5])
})

t.test('what the database cannot count is NaN, and everything else is reported', async (t) => {
  const { app } = await startStill(t, NOW)
  t.equal(await metric(app, 'database_damaged_parts'), 0)
  app.store.totals = () =>
    Promise.reject(new StoreDamaged(['totals'], new Error('malformed'), 'restore it'))
  t.same(await metric(app, 'catalogue_products'), Number.NaN)
  t.ok(Number(await metric(app, 'store_commit_duration_seconds_count')) > 0)
  app.store.totals = () => Promise.reject(new Error('a bug'))
  t.equal((await app.inject('/metrics')).statusCode, 500)
})
