import t from 'tap'
import type { Outcome } from '../../../db/store.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../history/time.ts'
import { postgresDatabase } from '../../postgres/database.ts'
import { createAll } from '../create-all.ts'
import { instance } from './instances.ts'

const START = Date.UTC(2026, 0, 2)

const refreshed = (token: string, at: number, prices: number[]): Outcome => ({
  ...{ type: 'refreshed', token, at, dueAt: at + MINUTE_MS },
  offers: prices.map((price, n) => ({ id: `${n}`, price, items_in_stock: 1 })),
})

t.test('an export of more than a thousand records has all of them', async (t) => {
  const store = await instance(t, await postgresDatabase(t), { clock: () => START + DAY_MS })
  await store.createProduct({ name: 'a' })
  const [task] = await store.takeRegistrations(START + DAY_MS, 1)
  const token = task?.token ?? ''
  await store.settle([
    { type: 'registered', token, at: START },
    ...Array.from({ length: 60 }, (_, n) => {
      const prices = Array.from({ length: 20 }, (_, offer) => 100 + offer + (n % 2))
      return refreshed(token, START + n * MINUTE_MS, prices)
    }),
  ])
  const batches = await Array.fromAsync(store.prices({ from: START - 1, to: START + DAY_MS }))
  t.equal(batches[0]?.length, 1_000)
  t.equal(batches.flat().filter(({ event }) => event !== 'gap').length, 1_200)
})

// The prior price of a month ago falls in the hour that is only partly within the 30 days.
const FALL = START + 30 * DAY_MS + HOUR_MS / 2

t.test('a price that falls is compared with the history, also of the same batch', async (t) => {
  const clock = () => FALL + HOUR_MS
  const store = await instance(t, await postgresDatabase(t), { clock })
  const [first] = await createAll(store, [{ name: 'a' }, { name: 'b' }])
  const [task, other] = await store.takeRegistrations(clock(), 2)
  const token = task?.token ?? ''
  await store.settle([
    { type: 'registered', token, at: START },
    { type: 'registered', token: other?.token ?? '', at: START },
    refreshed(token, START, [5]),
    refreshed(token, START + 50 * MINUTE_MS, [10]),
    refreshed(token, FALL, [7]),
    refreshed(token, FALL + MINUTE_MS, [7, 8]),
    refreshed(other?.token ?? '', FALL, [7]),
  ])
  const offers = JSON.parse(await store.offers(first?.id ?? ''))
  t.match(offers.items, [
    { price: 7, lowest_prior_30d: 5 },
    { price: 8, lowest_prior_30d: null },
  ])
})

t.test('a price that falls is compared with the history of earlier batches', async (t) => {
  const clock = () => FALL + HOUR_MS
  const store = await instance(t, await postgresDatabase(t), { clock })
  const { id } = await store.createProduct({ name: 'a' })
  const [task] = await store.takeRegistrations(clock(), 1)
  const token = task?.token ?? ''
  await store.settle([
    { type: 'registered', token, at: START },
    refreshed(token, START, [5]),
    refreshed(token, START + 50 * MINUTE_MS, [10]),
  ])
  await store.settle([refreshed(token, FALL, [7, 9]), refreshed(token, FALL + 1, [6, 9])])
  t.match(JSON.parse(await store.offers(id)).items, [{ price: 6, lowest_prior_30d: 5 }, {}])
})

t.test('a product that was never polled has nothing to export', async (t) => {
  const store = await instance(t, await postgresDatabase(t), { clock: () => START + DAY_MS })
  await store.createProduct({ name: 'a' })
  const window = { from: START, to: START + DAY_MS }
  t.strictSame((await Array.fromAsync(store.prices(window))).flat(), [])
})
