import t, { type Test } from 'tap'
import type { SimpleIntervalJob } from 'toad-scheduler'
import { StoreUnavailable } from '../../db/errors.ts'
import type { Compaction } from '../../db/store.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import type { ChangeList } from '../../schemas/change.ts'
import { toTime } from '../../schemas/to-time.ts'
import type { Trend } from '../../schemas/trend.ts'
import { API, holdStill, isError, offer, type Poll, PRODUCTS } from '../routes/helper.ts'
import { buildLogged } from './helper.ts'

/** A midnight. */
const START = Date.UTC(2026, 10, 1)

/** The service with a clock of the test's, and with jobs that run when the test says so. */
async function startHeld(t: Test, variables: Record<string, string> = {}) {
  const time = { now: START }
  const { app, lines } = await buildLogged(t, variables, { clock: () => time.now })
  const jobs: SimpleIntervalJob[] = []
  app.after(() => {
    app.scheduler.addSimpleIntervalJob = (job) => {
      jobs.push(job)
    }
  })
  await app.ready()
  const { add, compact } = holdStill(app)
  /** Runs each job once. */
  const runJobs = () => Promise.all(jobs.map((job) => job.executeAsync()))
  /** Runs them until the one that compacts has done all that there is. */
  async function compactAll() {
    let more = true
    app.store.compact = async (compaction) => {
      more = await compact(compaction)
      return more
    }
    while (more) await runJobs()
  }
  return { app, lines, time, add, runJobs, compactAll, compact }
}

t.test('changes leave the feed after the days that are configured', async (t) => {
  const { app, time, add, compactAll } = await startHeld(t, { CHANGES_RETENTION_DAYS: '2' })
  const { id } = await add('Mower', [[START, offer('a', 1)]])
  time.now = START + DAY_MS
  await app.inject({ method: 'PATCH', url: `${PRODUCTS}/${id}`, payload: { name: 'Saw' } })
  const feed = (query = '') => app.inject(`${API}/changes?${query}`)
  const kept = async () => (await feed()).json<ChangeList>().items.map(({ seq }) => seq)

  time.now = START + 2 * DAY_MS
  await compactAll()
  t.strictSame(await kept(), [1, 2, 3, 4])
  time.now += 1
  await compactAll()
  t.strictSame(await kept(), [4])
  const message = 'The changes after 2 are gone; those after 3 are kept'
  isError(t, await feed('after=2'), 410, message, 'CHANGES_COMPACTED')
  t.equal((await feed('after=3')).statusCode, 200)
  time.now = START + 3 * DAY_MS + 1
  await compactAll()
  t.strictSame(await kept(), [])
  t.equal(app.store.lastSeq, 4)
})

/** A price that changes each quarter of an hour of two days. */
const polls = Array.from({ length: 192 }, (_, n): Poll => {
  return [START + n * 15 * MINUTE_MS, offer('a', 100 + (n % 5))]
})

t.test('history becomes hours after the days that are configured', async (t) => {
  const { app, time, add, compactAll } = await startHeld(t, { HISTORY_RAW_DAYS: '3' })
  const { id } = await add('Mower', polls)
  const window = `from=${toTime(START)}&to=${toTime(START + 23 * HOUR_MS - MINUTE_MS)}`
  const trendOf = async (interval: string) =>
    (await app.inject(`${PRODUCTS}/${id}/trend?${window}&interval=${interval}`)).json<Trend>()

  time.now = START + 2 * DAY_MS
  await compactAll()
  const raw = await trendOf('raw')
  const hours = await trendOf('1h')
  t.equal(raw.prices?.length, 92)
  t.equal(hours.buckets?.length, 23)

  // What was observed last stays raw, however long ago that was.
  time.now = START + 6 * DAY_MS
  await compactAll()
  const rolled = await trendOf('raw')
  t.equal(rolled.prices?.length, 23)
  t.strictSame([rolled.low, rolled.high], [raw.low, raw.high])
  t.ok(Math.abs(Number(rolled.mean) - Number(raw.mean)) < 0.1)
  const hoursLater = await trendOf('1h')
  t.strictSame(hoursLater.buckets?.slice(0, -1), hours.buckets?.slice(0, -1))
})

t.test('history is rolled up an hour after each quarter of a day, for late polls', async (t) => {
  const { app, time, runJobs } = await startHeld(t, {
    HISTORY_RAW_DAYS: '10',
    CHANGES_RETENTION_DAYS: '20',
  })
  for (const [now, rollBefore] of [
    [START + HOUR_MS - 1, START - 6 * HOUR_MS],
    [START + HOUR_MS, START],
    [START + 7 * HOUR_MS - 1, START],
    [START + 7 * HOUR_MS, START + 6 * HOUR_MS],
    [START + DAY_MS, START + 18 * HOUR_MS],
  ] as const) {
    time.now = now
    const asked: Compaction[] = []
    app.store.compact = async (compaction) => {
      asked.push(compaction)
      return false
    }
    await runJobs()
    t.strictSame(asked, [
      { rollBefore, rawBefore: now - 10 * DAY_MS, changesBefore: now - 20 * DAY_MS },
    ])
  }
})

t.test('an error is logged once a minute, and the next run tries again', async (t) => {
  const { app, time, lines, runJobs, compact } = await startHeld(t)
  app.store.compact = () => Promise.reject(new StoreUnavailable(new Error('disk full')))
  await runJobs()
  const logged = lines.filter(({ level }) => level === 50)
  t.equal(logged.length, 1)
  t.match(logged[0], {
    msg: 'could not compact the database',
    err: { message: /The store is unavailable/, stack: /disk full/ },
  })
  const errors = () => lines.filter(({ level }) => level === 50).length
  await runJobs()
  t.equal(errors(), 1)
  time.now -= MINUTE_MS
  await runJobs()
  t.equal(errors(), 2, 'also by a clock that was put back')
  let more: boolean | undefined
  app.store.compact = async (compaction) => {
    more = await compact(compaction)
    return more
  }
  await runJobs()
  t.equal(more, false)
  t.equal(errors(), 2)
})

t.test('compaction that is under way when the service closes ends first', async (t) => {
  const { app, lines, runJobs, compact } = await startHeld(t)
  const started = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const steps: string[] = []
  app.store.compact = async (compaction) => {
    steps.push('began')
    started.resolve()
    await gate.promise
    await compact(compaction)
    steps.push('done')
    return true // There would be more.
  }
  const running = runJobs()
  await started.promise
  const closed = app.close().then(() => steps.push('closed'))
  await new Promise(setImmediate)
  gate.resolve()
  await Promise.all([running, closed])
  t.equal(steps.at(-1), 'closed')
  const count = (wanted: string) => steps.filter((step) => step === wanted).length
  t.equal(count('done'), count('began'))
  t.strictSame(
    lines.filter(({ level }) => level === 50),
    [],
  )
})

t.test('the service compacts in the background', async (t) => {
  const { app } = await buildLogged(t)
  const asked = new Promise<void>((resolve) => {
    app.addHook('onReady', async () => {
      app.store.compact = async () => {
        resolve()
        return false
      }
    })
  })
  await app.ready()
  await t.resolves(asked)
})
