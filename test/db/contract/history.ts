import { toTime } from '../../../schemas/to-time.ts'
import { type ContractTests, offer, refreshed } from '../fixture.ts'
import { collected, minutesOf, polls } from './observed.ts'

/** The prices of offers and products over time, and the offers of a moment. */
export function historyContract({ test }: ContractTests): void {
  test('an offer has a segment for each price or stock that it had', async (t, f) => {
    const { minute, window, points } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 10, 5)])
    await polls(f, token, [
      [1, [offer('x', 10, 5)]],
      [2, [offer('x', 11, 5)]],
      [3, [offer('x', 11, 4)]],
      [4, null],
      [5, []],
      [6, [offer('x', 9, 7)]],
      [8, [offer('x', 9, 7)]],
    ])
    const all = await f.store.offerHistory(id, 'x', window(-9, 9))
    t.same(points(all), [
      [0, 10, 5],
      [2, 11, 5],
      [3, 11, 4],
      [5, null, null],
      [6, 9, 7],
    ])
    t.equal(all.segments.at(-1)?.until, minute(8), 'nothing is known of the future')
    t.same(points(await f.store.offerHistory(id, 'x', window(1, 2))), [
      [1, 10, 5],
      [2, 11, 5],
    ])
    t.same(points(await f.store.offerHistory(id, 'x', window(5, 5))), [[5, null, null]])
    t.same(points(await f.store.offerHistory(id, 'x', window(7, 7))), [[7, 9, 7]])
    t.same(points(await f.store.offerHistory(id, 'x', window(-9, -1))), [])
    t.same(points(await f.store.offerHistory(id, 'x', window(9, 12))), [])
  })

  test('a product has the lowest price in stock, with what is in stock at it', async (t, f) => {
    const { window, points } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 10, 5), offer('y', 8, 0)])
    await polls(f, token, [
      [1, [offer('x', 10, 5), offer('y', 10, 2)]],
      [2, [offer('x', 10, 0), offer('y', 12, 2)]],
      [3, [offer('x', 10, 0), offer('y', 12, 0)]],
      [4, [offer('z', 7)]],
    ])
    const history = await f.store.productHistory(id, window(-9, 9))
    t.same(points(history), [
      [0, 10, 5],
      [1, 10, 7],
      [2, 12, 2],
      [3, null, null],
      [4, 7, 1],
    ])
    t.same(history.offers, [
      { id: 'x', first: 10, last: 10 },
      { id: 'y', first: 8, last: 12 },
      { id: 'z', first: 7, last: 7 },
    ])
    const later = await f.store.productHistory(id, window(4, 9))
    t.same(
      later.offers.map((one) => one.id),
      ['z'],
    )
  })

  test('what was never there is not found', async (t, f) => {
    const { window } = minutesOf(f.start)
    const { id } = await refreshed(f.store, 'a', [])
    const gone = '019aa9f0-5c00-7000-8000-000000000001'
    const any = window(0, 1)
    t.same((await f.store.productHistory(id, any)).segments, [])
    await t.rejects(f.store.offerHistory(id, 'x', any), { code: 'OFFER_NOT_FOUND' })
    await t.rejects(f.store.offerHistory(gone, 'x', any), { code: 'PRODUCT_NOT_FOUND' })
    await t.rejects(f.store.productHistory(gone, any), { code: 'PRODUCT_NOT_FOUND' })
    await t.rejects(f.store.offersAt(gone, f.start), { code: 'PRODUCT_NOT_FOUND' })
    await t.rejects(collected(f.store.prices(any, gone)), { code: 'PRODUCT_NOT_FOUND' })
  })

  test('history goes on in order when the clock steps back', async (t, f) => {
    const { minute, window } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 10)], f.start)
    await polls(f, token, [
      [-5, [offer('x', 11)]],
      [-4, [offer('x', 12)]],
      [1, [offer('x', 13)]],
    ])
    const history = await f.store.offerHistory(id, 'x', window(-9, 9))
    t.same(
      history.segments.map(({ from, close }) => [from, close]),
      [
        [f.start, 10],
        [f.start + 1, 11],
        [f.start + 2, 12],
        [minute(1), 13],
      ],
    )
    t.equal((await f.store.product(id)).checked_at, toTime(minute(1)))
  })

  test('the histories of several products are those of each, in the order asked', async (t, f) => {
    const { window } = minutesOf(f.start)
    const a = await refreshed(f.store, 'a', [offer('x', 10)])
    const b = await refreshed(f.store, 'b', [offer('y', 20)])
    await polls(f, a.token, [[5, [offer('x', 12)]]])
    const asked = window(0, 10)
    const ids = [b.id, 'none', a.id, b.id]
    const found: Record<string, unknown>[] = []
    for await (const one of f.store.productHistories(ids, asked)) found.push(one)
    const history = (id: string) => f.store.productHistory(id, asked)
    t.same(found, [
      { productId: b.id, history: await history(b.id) },
      { productId: 'none', history: null },
      { productId: a.id, history: await history(a.id) },
      { productId: b.id, history: await history(b.id) },
    ])
  })

  test('offers are given as they stood at a moment', async (t, f) => {
    const { minute } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 10, 5), offer('y', 12)])
    await polls(f, token, [
      [1, [offer('x', 10, 5), offer('y', 9)]],
      [2, [offer('x', 10, 4)]],
      [3, null],
    ])
    const at = async (minutes: number) => await f.store.offersAt(id, minute(minutes))
    const zero = toTime(f.start)
    const [one, two] = [toTime(minute(1)), toTime(minute(2))]
    const x = { id: 'x', price: 10, first_seen_at: zero, lowest_prior_30d: null }
    const y = { id: 'y', items_in_stock: 1, first_seen_at: zero }
    t.same(await at(-1), { items: [], checked_at: null, stale: true })
    t.same(await at(0.5), {
      items: [
        { ...x, items_in_stock: 5, changed_at: zero },
        { ...y, price: 12, changed_at: zero, lowest_prior_30d: null },
      ],
      checked_at: toTime(minute(0.5)),
      stale: false,
    })
    t.same((await at(1)).items, [
      { ...y, price: 9, changed_at: one, lowest_prior_30d: 12 },
      { ...x, items_in_stock: 5, changed_at: zero },
    ])
    t.same(await at(2.5), {
      items: [{ ...x, items_in_stock: 4, changed_at: two }],
      checked_at: two,
      stale: false,
    })
    t.same(await at(99), {
      items: [{ ...x, items_in_stock: 4, changed_at: two }],
      checked_at: two,
      stale: true,
    })
  })
}
