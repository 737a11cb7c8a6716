import t from 'tap'
import { HOUR_MS } from '../../../history/time.ts'
import { storeOfOneProduct } from './one-product.ts'

const MIDNIGHT = Date.UTC(2026, 5, 15)

/** A poll with this many changed offers fills a chunk of the history. */
const MANY = 400

t.test('a price older than the kept polls is known until it changes', async (t) => {
  const { store, time, id, token } = await storeOfOneProduct(t, MIDNIGHT)
  const poll = (at: number, price: number) => ({
    ...{ type: 'refreshed' as const, token, at, dueAt: at },
    offers: Array.from({ length: MANY }, (_, index) => ({
      ...{ id: `offer ${index}`, price: price + index, items_in_stock: 1 },
    })),
  })
  time.now = MIDNIGHT + 18 * HOUR_MS
  await store.settle([
    poll(MIDNIGHT - 4 * HOUR_MS, 100),
    poll(MIDNIGHT - 2 * HOUR_MS, 90),
    poll(time.now, 70),
  ])
  const compaction = { rollBefore: MIDNIGHT, rawBefore: MIDNIGHT + HOUR_MS, changesBefore: 0 }
  while (await store.compact(compaction));

  for (const hour of [0, 6, 17.9]) {
    const at = MIDNIGHT + hour * HOUR_MS
    const { items } = await store.offersAt(id, at)
    t.match(items[0], { id: 'offer 0', price: 90 }, `at ${hour}:00`)
  }
  const [from, to] = [MIDNIGHT - HOUR_MS, MIDNIGHT + 6 * HOUR_MS]
  for (const byHour of [false, true]) {
    for (const begin of [from, MIDNIGHT, MIDNIGHT + HOUR_MS]) {
      const window = { from: begin, to, byHour }
      const { segments, offers } = await store.productHistory(id, window)
      t.ok(
        segments.every(({ close }) => close === 90),
        'the trend of the product',
      )
      t.match(offers[0], { id: 'offer 0', first: 90, last: 90 })
      const ofOffer = await store.offerHistory(id, 'offer 0', window)
      t.ok(
        ofOffer.segments.every(({ close }) => close === 90),
        'the trend of the offer',
      )
    }
  }
  const records = (await Array.fromAsync(store.prices({ from: MIDNIGHT + HOUR_MS, to }, id))).flat()
  t.match(records.at(-1), { event: 'in_force', price: 90 + MANY - 1 })
  const [changed] = (await Array.fromAsync(store.lowestChanges(MIDNIGHT + HOUR_MS))).flat()
  t.match(changed, { first: 90, last: 70 })
})
