import t from 'tap'
import { DatabaseClock } from '../../../db/postgres/database-clock.ts'
import type { Queryable } from '../../../db/postgres/reader.ts'
import { postgresDatabase } from '../../postgres/database.ts'
import { randomOf } from '../../random.ts'
import { instance } from './instances.ts'

/** A database whose clock is at `now` when it is asked, and answers after `roundTripMs`. */
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
  t.equal(clock.now(), 5_010)
  monotonic.now += 1_000
  t.equal(clock.now(), 6_010)
})

const MEASURED: [what: string, database: number, roundTripMs: number, now: number][] = [
  ['a difference within the round trip leaves the clock alone', 6_040, 100, 6_110],
  ['a larger difference moves it by no more than explains the answer', 6_200, 100, 6_200],
  ['a database whose clock was set back is followed', 1_000, 10, 1_010],
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

t.test('no answer, however slow, moves the clock away from the truth', async (t) => {
  const random = randomOf(1)
  const monotonic = { now: 0 }
  const clock = new DatabaseClock(() => monotonic.now)
  const ahead = 5_000
  let error = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < 100; turn++) {
    monotonic.now += 1_000
    const roundTripMs = random(10) === 0 ? random(2_000) : random(20)
    const readAt = monotonic.now + random(roundTripMs + 1)
    await clock.measure(databaseAt(monotonic, readAt + ahead, roundTripMs))
    const now = Math.abs(clock.now() - monotonic.now - ahead)
    t.ok(now <= error, `${now} ms after ${error} ms`)
    error = now
  }
  t.ok(error <= 2)
})

t.test('what an instance stores has the time of the database', async (t) => {
  const tomorrow = Date.now() + 86_400_000
  const url = await postgresDatabase(t)
  const store = await instance(t, url, { clock: () => tomorrow, databaseClock: undefined })
  const { created_at } = await store.createProduct({ name: 'a' })
  t.ok(Date.parse(created_at) < tomorrow - 80_000_000)
  t.equal(Math.abs(store.clock() - Date.now()) < 60_000, true)
})
