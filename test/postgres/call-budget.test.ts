/** What instances of the service on one database ask of the Offers service together. */
import t, { type Test } from 'tap'
import { eventually, startApp, startSimulator } from '../helper.ts'
import { execute, postgresDatabase } from './database.ts'

const START = Date.UTC(2026, 10, 22)
const SECOND = 1000
const PRODUCTS = 100

/** An instance by a clock, with the number of times that it has looked for work. */
async function boot(t: Test, variables: Record<string, string>, databaseClock: () => number) {
  const app = await startApp(t, variables, { databaseClock })
  const looks = { count: 0 }
  const { correctDueTimes } = app.store
  app.store.correctDueTimes = (...given) => {
    looks.count += 1
    return correctDueTimes(...given)
  }
  return { app, looks }
}

/** Two instances and a simulator by one clock, which stands still until it is moved, with a catalogue. */
async function start(t: Test, settings: Record<string, string>) {
  const time = { now: START }
  const clock = () => time.now
  const simulator = await startSimulator(t, { clock, log: true })
  const database = await postgresDatabase(t)
  // One that is not there any more, for which the first leaves some of the work, so that the second has some at once.
  const until = `clock_timestamp() + interval '20 seconds'`
  await execute(database, `INSERT INTO instances (id, until) VALUES ('dead', ${until})`)
  const variables = { ...settings, DATABASE_URL: database, OFFERS_BASE_URL: simulator.baseUrl }
  const first = await boot(t, variables, clock)
  const second = await boot(t, variables, clock)
  const instances = [first, second]
  const made = await first.app.inject({
    ...{ method: 'POST', url: '/api/v1/products/batch' },
    payload: { items: Array.from({ length: PRODUCTS }, (_, n) => ({ name: `Mower ${n}` })) },
  })
  t.equal(made.statusCode, 200)

  /** Moves the clock, and lets both instances look for work. */
  async function pass(ms: number): Promise<void> {
    time.now += ms
    const before = instances.map(({ looks }) => looks.count)
    await eventually(() => instances.every(({ looks }, n) => looks.count > (before[n] ?? 0) + 1))
  }
  return {
    ...{ time, simulator, database, pass },
    /** Moves the clock by such steps until something is true. */
    passUntil: (ms: number, condition: () => boolean | Promise<boolean>) =>
      eventually(async () => {
        await pass(ms)
        return condition()
      }),
    /** The number of calls that the simulator has answered. */
    answered: () => simulator.served.log().filter(({ call }) => call !== 'auth').length,
    /** How many calls each instance has made. */
    made: () =>
      Promise.all(
        instances.map(async ({ app }) => {
          const { body } = await app.inject('/metrics')
          const counts = body.matchAll(/^offers_call_duration_seconds_count.* (\d+)$/gm)
          return counts.reduce((sum, [, count]) => sum + Number(count), 0)
        }),
      ),
  }
}

t.test('all instances together keep to the budget of calls', async (t) => {
  const perSecond = 50
  const { time, passUntil, answered, made } = await start(t, {
    ...{ OFFERS_CALLS_PER_SECOND: `${perSecond}`, REFRESH_INTERVAL_SECONDS: '1' },
  })
  await passUntil(200, () => answered() >= 6 * perSecond)
  const seconds = (time.now - START) / SECOND
  t.ok(answered() <= perSecond * (seconds + 1), `${answered()} calls in ${seconds} s`)
  for (const count of await made()) t.ok(count >= perSecond, `${count} of them by this one`)
})

t.test('while one was asked for a pause, none calls', async (t) => {
  const { simulator, database, pass, passUntil, answered } = await start(t, {
    REFRESH_INTERVAL_SECONDS: '10',
  })
  await passUntil(SECOND, () => answered() > 2 * PRODUCTS)
  simulator.faults.settings.next = [{ status: 429, retry_after: '60' }]
  const pauses = async () => (await execute(database, 'SELECT FROM pauses')).rows.length
  await passUntil(SECOND, async () => (await pauses()) > 0)
  await eventually(async () => {
    const before = answered()
    await pass(0)
    return answered() === before // The calls in flight have ended.
  })
  const before = answered()
  for (let second = 0; second < 50; second += 5) await pass(5 * SECOND)
  t.equal(answered(), before)
  await passUntil(SECOND, () => answered() > before + 10)
})
