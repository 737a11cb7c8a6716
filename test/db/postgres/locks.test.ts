/** What an instance reads while another one is about to commit. */
import t, { type Test } from 'tap'
import { HOUR_MS, MINUTE_MS } from '../../../history/time.ts'
import { eventually } from '../../helper.ts'
import { execute, openSession, postgresDatabase } from '../../postgres/database.ts'
import { instance } from './instances.ts'

const NOON = Date.UTC(2026, 5, 15, 12)

/** Two instances, and a transaction that holds rows which they wait for. */
async function twoInstances(t: Test) {
  const url = await postgresDatabase(t)
  const options = { clock: () => NOON }
  const [first, second] = [await instance(t, url, options), await instance(t, url, options)]
  const client = await openSession(t, url)

  /** Resolves when so many sessions wait for a lock. */
  const waiting = (count: number) =>
    eventually(async () => {
      const { rows } = await execute(url, 'SELECT DISTINCT pid FROM pg_locks WHERE NOT granted')
      return rows.length === count
    })
  const hold = (table: string) => client.query(`BEGIN; SELECT FROM ${table} FOR UPDATE`)
  const release = () => client.query('COMMIT')
  return { url, first, second, waiting, hold, release }
}

const offer = (price: number) => ({ id: 'x', price, items_in_stock: 1 })

t.test('offers that a poll finds while their product is deleted are not counted', async (t) => {
  const { first, second, waiting, hold, release } = await twoInstances(t)
  const { id } = await first.createProduct({ name: 'a' })
  const [task] = await first.takeRegistrations(NOON, 1)
  const token = task?.token ?? ''
  await hold('feed') // The last that a write waits for.
  const settled = first.settle([
    { type: 'registered', token, at: NOON },
    { type: 'refreshed', token, at: NOON, dueAt: NOON + MINUTE_MS, offers: [offer(1)] },
  ])
  await waiting(1)
  const deleted = second.deleteProduct(id)
  await waiting(2)
  await release()
  await Promise.all([settled, deleted])
  t.same(await first.totals(), { products: 0, pending: 0, registered: 0, offers: 0 })
})

t.test('a late change in an hour that is being rolled up is part of its summary', async (t) => {
  const { first, second, waiting, hold, release } = await twoInstances(t)
  const { id } = await first.createProduct({ name: 'a' })
  const [task] = await first.takeRegistrations(NOON, 1)
  const token = task?.token ?? ''
  const at = NOON - 5 * HOUR_MS + MINUTE_MS
  const poll = { type: 'refreshed', token, at, dueAt: NOON } as const
  await first.settle([
    { type: 'registered', token, at },
    { ...poll, at: at - HOUR_MS, offers: [offer(5)] },
    { ...poll, offers: [offer(6)] },
  ])
  const compaction = { rawBefore: 0, changesBefore: 0 }
  while (await first.compact({ ...compaction, rollBefore: NOON - 3 * HOUR_MS }));
  await hold('feed') // The last that a write waits for.
  const settled = first.settle([{ ...poll, at: at - 1, offers: [offer(1)] }])
  await waiting(1)
  const compacted = second.compact({ ...compaction, rollBefore: NOON })
  await waiting(2)
  await release()
  await Promise.all([settled, compacted])
  while (await second.compact({ ...compaction, rollBefore: NOON }));
  const window = { from: NOON - 5 * HOUR_MS, to: NOON - 4 * HOUR_MS, byHour: true }
  const { segments } = await second.productHistory(id, window)
  t.match(segments[0], { from: NOON - 5 * HOUR_MS, low: 1 })
})

t.test('a poll that waits until its product is rolled up does not undo that', async (t) => {
  const { url, first, second, waiting, hold, release } = await twoInstances(t)
  await first.createProduct({ name: 'a' })
  const [task] = await first.takeRegistrations(NOON, 1)
  const token = task?.token ?? ''
  const poll = { type: 'refreshed', token, at: NOON - 5 * HOUR_MS, dueAt: NOON } as const
  await first.settle([
    { type: 'registered', token, at: NOON },
    { ...poll, offers: [offer(5)] },
  ])
  await hold('polls')
  const compacted = second.compact({ rollBefore: NOON, rawBefore: 0, changesBefore: 0 })
  await waiting(1)
  const settled = first.settle([{ ...poll, at: NOON, offers: [offer(6)] }])
  await waiting(2)
  await release()
  await Promise.all([compacted, settled])
  t.match((await execute(url, 'SELECT rolled_until FROM polls')).rows, [{ rolled_until: NOON }])
})

t.test('of tags that two instances add to a product at once, both are kept', async (t) => {
  const { first, second, waiting, hold, release } = await twoInstances(t)
  const { id } = await first.createProduct({ name: 'a', tags: ['x'] })
  await hold('products')
  const changed = [
    first.updateProduct(id, { add_tags: ['y'] }),
    second.updateProducts([{ id, patch: { add_tags: ['z'], remove_tags: ['x'] } }]),
  ]
  await waiting(2)
  await release()
  await Promise.all(changed)
  t.strictSame((await first.product(id)).tags.toSorted(), ['y', 'z'])
})
