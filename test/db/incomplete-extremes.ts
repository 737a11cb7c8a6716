/** What becomes of the all-time extremes of products that a version without them wrote, as tests for an engine. */
import t, { type Test } from 'tap'
import type { Store } from '../../db/store.ts'
import type { LowestChange } from '../../history/movers.ts'
import { DAY_MS, floorTo, HOUR_MS } from '../../history/time.ts'

const START = Date.UTC(2026, 2, 1, 0, 20)

/** A database under test, with its tables at hand. */
export interface Extremes {
  store: Store
  time: { now: number }
  /** Runs SQL on the row with the extremes, whose table this engine calls `{table}`. */
  execute(sql: string): Promise<void>
}

/** Sets all extremes to what a version without them leaves. */
const FORGET = `UPDATE {table} SET low_price = NULL, low_at = NULL, high_price = NULL, high_at = NULL,
  extremes_until = NULL`

async function compact({ store, time }: Extremes, rawDays: number): Promise<void> {
  const rollBefore = floorTo(time.now, DAY_MS)
  const rawBefore = time.now - rawDays * DAY_MS
  while (await store.compact({ rollBefore, rawBefore, changesBefore: 0 }));
}

/** A product, with what polls it every day at other prices. */
async function polledProduct({ store, time }: Extremes) {
  const { id } = await store.createProduct({ name: 'a' })
  const [task] = await store.takeRegistrations(Number.POSITIVE_INFINITY, 1)
  const token = task?.token ?? ''
  await store.settle([{ type: 'registered', token, at: START }])
  async function poll(...prices: number[]): Promise<void> {
    for (const price of prices) {
      const offers = [{ id: 'x', price, items_in_stock: 1 }]
      await store.settle([{ type: 'refreshed', token, at: time.now, dueAt: time.now, offers }])
      time.now += DAY_MS
    }
  }
  const allTime = async () => (await store.productStatistics(id)).allTime
  return { id, poll, allTime }
}

export function incompleteExtremes(
  engine: string,
  open: (t: Test, start: number) => Promise<Extremes>,
) {
  const day = (days: number) => START + days * DAY_MS

  t.test(
    `${engine}: extremes that were never stored are found, and completed in a step`,
    async (t) => {
      const database = await open(t, START)
      const { poll, allTime } = await polledProduct(database)
      await poll(50, 20, 90, 60)
      const extremes = { low: { price: 20, at: day(1) }, high: { price: 90, at: day(2) } }
      t.strictSame(await allTime(), extremes)
      await database.execute(FORGET)
      t.strictSame(await allTime(), extremes)
      const { store } = database
      const changes: LowestChange[] = []
      for await (const batch of store.lowestChanges(day(0))) changes.push(...batch)
      t.equal(changes.length, 1)
      t.strictSame(await store.atLow(changes, day(0)), [], '60 is no low')
      await compact(database, 35)
      await database.execute(
        'UPDATE {table} SET low_price = low_price - 1 WHERE extremes_until IS NOT NULL',
      )
      t.equal((await allTime())?.low.price, 19, 'the stored one')
      await poll(10)
      t.strictSame((await allTime())?.low, { price: 10, at: day(4) })
    },
  )

  t.test(`${engine}: of hours that were rolled up, a completed extreme has the hour`, async (t) => {
    const database = await open(t, START)
    const { poll, allTime } = await polledProduct(database)
    await poll(50, 20, 90, 60, 61)
    await compact(database, 1)
    await database.execute(FORGET)
    t.strictSame(await allTime(), {
      low: { price: 20, at: floorTo(day(1), HOUR_MS) },
      high: { price: 90, at: floorTo(day(2), HOUR_MS) },
    })
  })

  t.test(
    `${engine}: changes by a version without extremes are added to those before`,
    async (t) => {
      const database = await open(t, START)
      const { poll, allTime } = await polledProduct(database)
      await poll(50, 20)
      const { execute } = database
      await execute('UPDATE {table} SET low_price = 19')
      await execute('UPDATE {table} SET extremes_until = extremes_until - 1')
      await poll(90, 60)
      await execute('UPDATE {table} SET extremes_until = extremes_until + 1')
      const extremes = { low: { price: 19, at: day(1) }, high: { price: 90, at: day(2) } }
      t.strictSame(await allTime(), extremes)
    },
  )
}
