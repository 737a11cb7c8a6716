import t, { type Test } from 'tap'
import type { Outcome } from '../../../db/store.ts'
import { openSession, postgresDatabase } from '../../postgres/database.ts'
import { instance } from './instances.ts'

const HOUR = 3_600_000

t.test('an instance leaves compaction to the one that does it', async (t) => {
  const url = await postgresDatabase(t)
  const store = await instance(t, url)
  const now = Date.now()
  await store.createProduct({ name: 'a' })
  const [task] = await store.takeRegistrations(Number.POSITIVE_INFINITY, 1)
  const token = task?.token ?? ''
  const at = now - 10 * HOUR
  const offers = [{ id: 'x', price: 1, items_in_stock: 1 }]
  await store.settle([
    { type: 'registered', token, at },
    { type: 'refreshed', token, at, dueAt: at, offers },
  ])
  const rollBefore = Math.floor(now / HOUR) * HOUR
  const compaction = { rollBefore, rawBefore: 0, changesBefore: now + HOUR }

  const other = await openSession(t, url)
  await other.query('BEGIN')
  await other.query('SELECT pg_advisory_xact_lock(1346455379)')
  t.equal(await store.compact(compaction), false)
  await other.query('COMMIT')
  t.equal(await store.compact(compaction), true)
  while (await store.compact(compaction));
  t.same((await store.changes({ limit: 9 })).items, [])
})

t.test('a day that is rolled up in two steps has the hours of both', async (t) => {
  const start = Date.UTC(2026, 5, 15)
  const store = await instance(t, await postgresDatabase(t), { clock: () => start + 9 * HOUR })
  const { id } = await store.createProduct({ name: 'a' })
  const [task] = await store.takeRegistrations(start + 9 * HOUR, 1)
  const token = task?.token ?? ''
  const compaction = { rawBefore: 0, changesBefore: 0 }
  for (const [hour, price] of [
    [1, 5],
    [4, 6],
  ] as const) {
    const at = start + hour * HOUR
    const offers = [{ id: 'x', price, items_in_stock: 1 }]
    await store.settle([
      { type: 'registered', token, at },
      { type: 'refreshed', token, at, dueAt: at + HOUR, offers },
    ])
    while (await store.compact({ ...compaction, rollBefore: at + HOUR }));
  }
  const window = { from: start, to: start + 6 * HOUR, byHour: true }
  const { segments } = await store.productHistory(id, window)
  t.match(
    segments.map(({ from, low }) => [(from - start) / HOUR, low]),
    [
      [1, 5],
      [2, 5],
      [4, 6],
      [5, 6],
    ],
  )
})

/** A store with a product of a hundred offers whose prices change every minute for more than an hour. */
async function busyProduct(t: Test) {
  const start = Date.UTC(2026, 5, 15)
  const store = await instance(t, await postgresDatabase(t), { clock: () => start + 9 * HOUR })
  const { id } = await store.createProduct({ name: 'a' })
  const [task] = await store.takeRegistrations(start + 9 * HOUR, 1)
  const token = task?.token ?? ''
  await store.settle([
    { type: 'registered', token, at: start },
    ...Array.from({ length: 90 }, (_, minute): Outcome => {
      const at = start + minute * 60_000
      const price = 100 + (minute % 2)
      const offers = Array.from({ length: 100 }, (_, n) => ({
        id: `${n}`,
        price,
        items_in_stock: 1,
      }))
      return { type: 'refreshed', token, at, dueAt: at + HOUR, offers }
    }),
  ])
  return { start, store, id }
}

t.test('a long history is rolled up and deleted in steps', async (t) => {
  const { start, store, id } = await busyProduct(t)
  const compaction = { rollBefore: start + 8 * HOUR, rawBefore: 0, changesBefore: 0 }
  let steps = 0
  while (await store.compact(compaction)) steps += 1
  t.ok(steps > 2)
  while (await store.compact({ ...compaction, rawBefore: start + 8 * HOUR }));
  const window = { from: start, to: start + 2 * HOUR, byHour: false }
  const { segments } = await store.productHistory(id, window)
  t.match(segments[0], { from: start, low: 100, high: 101 })
})

t.test('a product that is deleted while it is compacted ends that', async (t) => {
  const { start, store, id } = await busyProduct(t)
  const compaction = { rollBefore: start + 8 * HOUR, rawBefore: 0, changesBefore: 0 }
  t.equal(await store.compact(compaction), true)
  await store.deleteProduct(id)
  while (await store.compact(compaction));
  t.equal((await store.totals()).products, 0)
})
