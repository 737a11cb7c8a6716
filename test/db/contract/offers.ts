import type { ObservedOffer } from '../../../db/store.ts'
import { toTime } from '../../../schemas/to-time.ts'
import { DOWN } from '../../helper.ts'
import { type ContractTests, INTERVAL, offer, offersOf, refreshed } from '../fixture.ts'

/** The offers on sale of a product, and what polls make of them. */
export function offerContract({ test }: ContractTests): void {
  test('offers come cheapest first, then by id', async (t, { store, start }) => {
    const offers = [offer('b', 7), offer('c', 5, 0), offer('a', 7)]
    const { id } = await refreshed(store, 'a', offers)
    t.match(await offersOf(store, id), {
      items: [
        { id: 'c', price: 5, items_in_stock: 0 },
        { id: 'a', price: 7 },
        { id: 'b', price: 7 },
      ],
      checked_at: toTime(start),
      stale: false,
    })
    t.match(await store.product(id), { offers_count: 3, lowest_price: 7 })
  })

  test('a poll lists, changes, delists and lists again', async (t, { store, start }) => {
    const { id, token } = await refreshed(store, 'p', [offer('same', 1), offer('less', 9, 4)])
    const poll = async (minute: number, offers: ObservedOffer[]) => {
      const at = start + minute * INTERVAL
      await store.settle([{ type: 'refreshed', token, at, dueAt: at + INTERVAL, offers }])
      return (await offersOf(store, id)).items
    }
    const first = toTime(start)
    const [second, third] = [toTime(start + INTERVAL), toTime(start + 2 * INTERVAL)]
    t.same(await poll(1, [offer('same', 1), offer('less', 9, 3), offer('new', 4)]), [
      {
        id: 'same',
        price: 1,
        items_in_stock: 1,
        first_seen_at: first,
        lowest_prior_30d: null,
        changed_at: first,
      },
      {
        id: 'new',
        price: 4,
        items_in_stock: 1,
        first_seen_at: second,
        lowest_prior_30d: null,
        changed_at: second,
      },
      {
        id: 'less',
        price: 9,
        items_in_stock: 3,
        first_seen_at: first,
        lowest_prior_30d: null,
        changed_at: second,
      },
    ])
    t.same(await poll(2, []), [])
    t.match(await store.product(id), { offers_count: 0, lowest_price: null, checked_at: third })
    t.equal((await store.totals()).offers, 0)
    const back = toTime(start + 3 * INTERVAL)
    t.same(await poll(3, [offer('less', 9, 3)]), [
      {
        id: 'less',
        price: 9,
        items_in_stock: 3,
        first_seen_at: first,
        lowest_prior_30d: null,
        changed_at: back,
      },
    ])
    t.equal((await store.totals()).offers, 1)
  })

  test('offers of two products may share an id', async (t, { store }) => {
    const a = await refreshed(store, 'a', [offer('1', 5)])
    const b = await refreshed(store, 'b', [offer('1', 6)])
    t.match((await offersOf(store, a.id)).items, [{ id: '1', price: 5 }])
    t.match((await offersOf(store, b.id)).items, [{ id: '1', price: 6 }])
  })

  test('a product is stale three intervals after it was checked', async (t, {
    store,
    time,
    start,
  }) => {
    const { id } = await refreshed(store, 'a', [])
    time.now = start + 3 * INTERVAL
    t.equal((await store.product(id)).stale, false)
    time.now += 1
    t.equal((await store.product(id)).stale, true)
    t.equal((await offersOf(store, id)).stale, true)
  })

  test('a product checked in the future is stale', async (t, { store, time, start }) => {
    const { id } = await refreshed(store, 'a', [])
    time.now = start - 1
    t.match(await store.product(id), { checked_at: toTime(start), stale: true })
    t.equal((await offersOf(store, id)).stale, true)
    const { items } = await store.products({ words: [], sort: 'name', limit: 1 })
    t.equal(items[0]?.stale, true)
    time.now = start
    t.equal((await store.product(id)).stale, false)
  })

  test('a failed poll keeps the offers and counts', async (t, { store, start }) => {
    const { id, token } = await refreshed(store, 'a', [offer('x', 5)])
    const before = await offersOf(store, id)
    await store.settle([{ type: 'refresh-failed', token, at: start, dueAt: start + 10, ...DOWN }])
    t.same(await offersOf(store, id), before)
    t.match(await store.takeRefreshes(start + 10, { most: 9, due: 1, early: 0 }), [
      { token, failures: 1 },
    ])
    const at = start + 20
    await store.settle([{ type: 'refreshed', token, at, dueAt: at, offers: [] }])
    t.match(await store.takeRefreshes(at, { most: 9, due: 1, early: 0 }), [{ token, failures: 0 }])
  })

  test('a forgotten product is pending again and keeps its offers', async (t, { store, start }) => {
    const { id, token } = await refreshed(store, 'a', [offer('x', 5)])
    await store.settle([{ type: 'forgotten', token, at: start, dueAt: start + 10, ...DOWN }])
    t.equal((await store.product(id)).registration.status, 'pending')
    t.equal((await offersOf(store, id)).items.length, 1)
    t.same(await store.takeRefreshes(start + INTERVAL, { most: 9, due: 9, early: 9 }), [])
    t.same(await store.takeRegistrations(start + 9, 1), [])
    t.match(await store.takeRegistrations(start + 10, 1), [{ token, registeredAt: start }])
  })
}
