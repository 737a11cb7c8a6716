import t, { type Test } from 'tap'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../history/time.ts'
import { execute, postgresDatabase } from '../../postgres/database.ts'
import { createAll } from '../create-all.ts'
import { instance } from './instances.ts'

const NOON = Date.UTC(2026, 5, 15, 12)
const DAMAGED = { message: /^The database is damaged; run pg_amcheck to find all damage/ }
const ALL = { most: 10, due: 10, early: 10 }

const offers = (price: number) => [{ id: 'x', price, items_in_stock: 1 }]

/** A store with two products whose offer costs 5. */
async function twoProducts(t: Test) {
  const url = await postgresDatabase(t)
  const time = { now: NOON }
  const store = await instance(t, url, { clock: () => time.now })
  const products = await createAll(store, [{ name: 'a' }, { name: 'b' }])
  const tasks = await store.takeRegistrations(NOON, 2)
  await store.settle(
    tasks.flatMap(({ token }) => [
      { type: 'registered' as const, token, at: NOON },
      { type: 'refreshed' as const, token, at: NOON, dueAt: NOON + MINUTE_MS, offers: offers(5) },
    ]),
  )
  return { url, time, store, damaged: products[0]?.id ?? '', other: products[1]?.id ?? '' }
}

const DAMAGES: [what: string, sql: string][] = [
  ['offers', "UPDATE listings SET offers = '[{' WHERE product_key = 1"],
  [
    'past prices',
    `UPDATE listings SET internals = replace(internals, '""', '"ff"') WHERE product_key = 1`,
  ],
]
for (const [what, sql] of DAMAGES) {
  t.test(`a product with damaged ${what} is skipped, and the others are polled`, async (t) => {
    const { url, time, store, damaged, other } = await twoProducts(t)
    await execute(url, sql)
    async function poll() {
      time.now += MINUTE_MS
      const [at, dueAt] = [time.now, time.now + MINUTE_MS]
      const tasks = await store.takeRefreshes(time.now, ALL)
      await store.settle(
        tasks.map(({ token }) => {
          return { type: 'refreshed', token, at, dueAt, offers: offers(4) }
        }),
      )
      return tasks.map(({ id }) => id)
    }
    t.strictSame(await poll(), [damaged, other])
    t.match(await store.product(other), { lowest_price: 4 })
    t.strictSame(await poll(), [other])
    time.now += 10 * MINUTE_MS
    t.strictSame(await poll(), [damaged, other])
  })
}

t.test('damaged history is reported as damage', async (t) => {
  const { url, store, damaged, other } = await twoProducts(t)
  await execute(url, "UPDATE history SET polls = '\\xff' WHERE product_key = 1")
  const window = { from: NOON - DAY_MS, to: NOON + HOUR_MS, byHour: false }
  await t.rejects(store.offersAt(damaged, NOON), DAMAGED)
  await t.rejects(store.productHistory(damaged, window), DAMAGED)
  await t.rejects(store.offerHistory(damaged, 'x', window), DAMAGED)
  await t.rejects(Array.fromAsync(store.prices(window)), DAMAGED)
  await t.rejects(Array.fromAsync(store.lowestChanges(NOON)), DAMAGED)
  t.match(await store.offersAt(other, NOON), { items: [{ id: 'x', price: 5 }] })
})

t.test('a damaged change is reported as damage', async (t) => {
  const { url, store } = await twoProducts(t)
  await execute(url, 'UPDATE changes SET offers = NULL')
  await t.rejects(store.changes({ limit: 9 }), DAMAGED)
})
