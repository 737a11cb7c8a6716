import t from 'tap'
import type { Outcome } from '../../../db/store.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../history/time.ts'
import { postgresDatabase } from '../../postgres/database.ts'
import { instance } from './instances.ts'

const START = Date.UTC(2026, 5, 15)

/** What is kept when it is asked: every poll, or summaries of the hours only. */
for (const kept of ['polls', 'hours']) {
  t.test(
    `the first lowest price is found however long nothing was in stock: ${kept}`,
    async (t) => {
      const now = START + 30 * DAY_MS
      const store = await instance(t, await postgresDatabase(t), { clock: () => now })
      const { id } = await store.createProduct({ name: 'a' })
      const [task] = await store.takeRegistrations(now, 1)
      const token = task?.token ?? ''
      const poll = (at: number, price: number, stock: number): Outcome => {
        const offers = [{ id: 'x', price, items_in_stock: stock }]
        return { type: 'refreshed', token, at, dueAt: now, offers }
      }
      const soldOut = Array.from({ length: 600 }, (_, n) =>
        poll(START + HOUR_MS + n * 10 * MINUTE_MS, n * 1_000_000, 0),
      )
      await store.settle([
        { type: 'registered', token, at: START },
        poll(START, 5, 1),
        ...soldOut,
        poll(START + 10 * DAY_MS, 7, 1),
        poll(START + 20 * DAY_MS, 9, 1),
      ])
      if (kept === 'hours') {
        const rollBefore = START + 25 * DAY_MS
        while (await store.compact({ rollBefore, rawBefore: rollBefore, changesBefore: 0 }));
      }
      const seen = await Array.fromAsync(store.lowestChanges(START + 2 * HOUR_MS))
      t.same(seen.flat(), [{ productId: id, name: 'a', first: 7, last: 9 }])
    },
  )
}
