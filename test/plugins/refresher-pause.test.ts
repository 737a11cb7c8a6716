import { isDeepStrictEqual } from 'node:util'
import t, { type Test } from 'tap'
import { StoreUnavailable } from '../../db/errors.ts'
import { toTime } from '../../schemas/to-time.ts'
import type { Trend } from '../../schemas/trend.ts'
import { eventually, startSimulator } from '../helper.ts'
import { type App, create, PRODUCTS, read } from '../routes/helper.ts'
import { buildLogged } from './helper.ts'

const START = Date.UTC(2026, 10, 22)
const SECOND = 1000

/** The service on a simulator, with products that were polled at the start, and a clock that stands still. */
async function start(t: Test, products: number) {
  const simulator = await startSimulator(t)
  const time = { now: START }
  const variables = { OFFERS_BASE_URL: simulator.baseUrl, REFRESH_INTERVAL_SECONDS: '60' }
  const { app, lines } = await buildLogged(t, variables, { clock: () => time.now })
  const ids: string[] = []
  for (let n = 0; n < products; n++) ids.push((await create(app, { name: `${n}` })).id)
  const checked = (id: string, seconds: number) =>
    eventually(async () => (await read(app, id)).checked_at === toTime(START + seconds * SECOND))
  await Promise.all(ids.map((id) => checked(id, 0)))
  return { app, lines, simulator, time, ids, checked }
}

/** The times without polls since the start, in seconds. */
async function gaps(app: App, id: string): Promise<number[][]> {
  const url = `${PRODUCTS}/${id}/trend?from=${toTime(START)}`
  const trend = (await app.inject(url)).json<Trend>()
  return trend.gaps.map(({ from, to }) => [from, to].map((at) => (Date.parse(at) - START) / SECOND))
}

for (const [what, pause] of [
  ['shorter', 20],
  ['longer', 200],
] as const) {
  t.test(`a pause ${what} than three intervals is a gap, from the last good poll`, async (t) => {
    const { app, simulator, time, ids, checked } = await start(t, 1)
    const [id = ''] = ids
    const { settings } = simulator.faults
    Object.assign(settings, { calls: ['offers'], next: [{ status: 429, retry_after: `${pause}` }] })
    time.now = START + 60 * SECOND
    await eventually(() => app.breaker.pausedUntil !== null)
    time.now += SECOND
    await eventually(async () => isDeepStrictEqual(await gaps(app, id), [[0, 61]]))
    time.now = START + (60 + pause) * SECOND
    await checked(id, 60 + pause)
    t.strictSame(await gaps(app, id), [[0, 60 + pause]])
    time.now += 60 * SECOND
    await checked(id, 120 + pause)
    t.strictSame(await gaps(app, id), [[0, 60 + pause]])
  })
}

t.test('it is a gap for products, too, that were not called', async (t) => {
  const { app, simulator, time, ids } = await start(t, 3)
  const { settings } = simulator.faults
  Object.assign(settings, { calls: ['register'], next: [{ status: 503, retry_after: '10' }] })
  time.now = START + 30 * SECOND
  await create(app, { name: 'asks for a pause' })
  await eventually(() => app.breaker.pausedUntil !== null)
  await eventually(async () => {
    time.now += SECOND
    const products = await Promise.all(ids.map((id) => read(app, id)))
    return products.every(({ checked_at }) => String(checked_at) >= toTime(START + 60 * SECOND))
  })
  // The clock outruns the polls, so that there may be more gaps after the pause.
  for (const id of ids) {
    const found = await gaps(app, id)
    t.ok(
      found.some(([from = 0, to = 0]) => from <= 31 && to >= 40),
      JSON.stringify(found),
    )
  }
})

t.test('a store that cannot take note of a pause is logged', async (t) => {
  const { app, lines, simulator, time } = await start(t, 1)
  app.store.pausePolls = () => Promise.reject(new StoreUnavailable(new Error('disk full')))
  const { settings } = simulator.faults
  Object.assign(settings, { calls: ['offers'], next: [{ status: 429, retry_after: '20' }] })
  time.now = START + 60 * SECOND
  await eventually(() =>
    lines.some(({ msg }) => msg === 'the refresher could not read or write the store'),
  )
  t.pass()
})
