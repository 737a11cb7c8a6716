import { type ContractTests, offer, refreshed } from '../fixture.ts'

/** The totals of the catalogue, and how fresh its products are. */
export function freshnessContract({ test }: ContractTests): void {
  test('totals follow every change', async (t, { store }) => {
    t.same(await store.totals(), { products: 0, pending: 0, registered: 0, offers: 0 })
    await refreshed(store, 'a', [offer('x', 5), offer('y', 5)])
    const { id } = await refreshed(store, 'b', [offer('x', 5)])
    await store.createProduct({ name: 'c' })
    t.same(await store.totals(), { products: 3, pending: 1, registered: 2, offers: 3 })
    await store.deleteProduct(id)
    t.same(await store.totals(), { products: 2, pending: 1, registered: 1, offers: 2 })
  })

  test('freshness of nothing is perfect', async (t, { store, start }) => {
    t.same(await store.freshness(start), {
      due: 0,
      oldestCheckedAt: null,
      p95AgeMs: null,
      within: 1,
      failing: 0,
    })
  })

  test('due polls and ages are those of the registered products', async (t, {
    store,
    time,
    start,
  }) => {
    for (let second = 0; second < 40; second++) {
      await refreshed(store, 'p', [], start + second * 1000)
    }
    await store.createProduct({ name: 'pending' })
    time.now = start + 60_000
    t.same(await store.freshness(start + 10_000), {
      due: 1,
      oldestCheckedAt: start,
      p95AgeMs: 58_000,
      within: 30 / 41,
      failing: 0,
    })
  })

  test('products checked in the future are not fresh, and their age is not known', async (t, f) => {
    const { store, time } = f
    for (let second = 0; second < 40; second++) {
      await refreshed(store, 'p', [], f.start + second * 1000)
    }
    const freshness: [now: number, oldest: number | null, p95: number | null, within: number][] = [
      [39_000, f.start, 37_000, 1],
      [38_000, f.start, 37_000, 39 / 40],
      [37_000, f.start, 37_000, 38 / 40],
      [36_000, f.start, null, 37 / 40],
      [-1, null, null, 0],
    ]
    for (const [now, oldestCheckedAt, p95AgeMs, within] of freshness) {
      time.now = f.start + now
      const expected = { due: 0, oldestCheckedAt, p95AgeMs, within, failing: 0 }
      t.same(await store.freshness(f.start), expected, `${now} ms after the first check`)
    }
  })

  test('a product that was never checked is not fresh', async (t, { store, start }) => {
    await refreshed(store, 'a', [])
    await store.createProduct({ name: 'b' })
    const [task] = await store.takeRegistrations(start, 1)
    await store.settle([{ type: 'registered', token: task?.token ?? '', at: start }])
    t.match(await store.freshness(start), { within: 0.5, p95AgeMs: null, oldestCheckedAt: start })
  })

  test('a product that was rejected after it was checked does not count', async (t, f) => {
    const { store, start } = f
    await refreshed(store, 'a', [])
    const { token } = await refreshed(store, 'b', [])
    await store.createProduct({ name: 'c' })
    await store.settle([{ type: 'rejected', token, version: 1, reason: 'no', at: start }])
    t.match(await store.freshness(start), { within: 0.5, oldestCheckedAt: start })
  })
}
