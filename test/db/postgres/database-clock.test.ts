import t from 'tap'
import { DatabaseClock } from '../../../db/postgres/database-clock.ts'
import type { Queryable } from '../../../db/postgres/reader.ts'
import { postgresDatabase } from '../../postgres/database.ts'
import { instance } from './instances.ts'

/** A database whose clock is at `now` in the middle of a question that takes `roundTripMs`. */
function databaseAt(monotonic: { now: number }, now: number, roundTripMs: number): Queryable {
  return {
    async query() {
      monotonic.now += roundTripMs
      return JSON.parse(`[{ "now": ${now} }]`) // Rows come without a type, as from the driver.
    },
  }
}

t.test('the clock is set to that of the database, and then runs alone', async (t) => {
  const monotonic = { now: 100 }
  const clock = new DatabaseClock(() => monotonic.now)
  await clock.measure(databaseAt(monotonic, 5_000, 10))
  t.equal(clock.now(), 5_005)
  monotonic.now += 1_000
  t.equal(clock.now(), 6_005)
})

const MEASURED: [what: string, database: number, roundTripMs: number, now: number][] = [
  ['a difference within the round trip leaves the clock alone', 6_040, 100, 6_105],
  ['a larger difference sets it', 6_200, 100, 6_250],
  ['a database whose clock was set back is followed', 1_000, 10, 1_005],
]
for (const [what, database, roundTripMs, now] of MEASURED) {
  t.test(what, async (t) => {
    const monotonic = { now: 0 }
    const clock = new DatabaseClock(() => monotonic.now)
    await clock.measure(databaseAt(monotonic, 5_000, 10))
    monotonic.now += 1_000
    await clock.measure(databaseAt(monotonic, database, roundTripMs))
    t.equal(clock.now(), now)
  })
}

t.test('what an instance stores has the time of the database', async (t) => {
  const tomorrow = Date.now() + 86_400_000
  const url = await postgresDatabase(t)
  const store = await instance(t, url, { clock: () => tomorrow, databaseClock: undefined })
  const { created_at } = await store.createProduct({ name: 'a' })
  t.ok(Date.parse(created_at) < tomorrow - 80_000_000)
  t.equal(Math.abs(store.clock() - Date.now()) < 60_000, true)
})
