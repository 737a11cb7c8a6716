/** The first and last prices of offers while changes lie in the future, because the clock was put back. */
import t from 'tap'
import { HOUR_MS, MINUTE_MS } from '../../../history/time.ts'
import { storeOfOneProduct } from './one-product.ts'

const NOON = Date.UTC(2026, 5, 15, 12)

type Prices = Record<string, number>

/** More than a chunk of the history holds. */
const MANY = Array.from({ length: 400 }, (_, index) => ({ a: 1000 + index }))

const CASES: [
  what: string,
  future: Prices[],
  expected: [id: string, first: number, last: number][],
][] = [
  ['an offer is delisted at another price', [{ a: 80 }, {}], [['a', 100, 100]]],
  [
    'an offer is listed and changes',
    [
      { a: 100, b: 90 },
      { a: 100, b: 85 },
    ],
    [
      ['a', 100, 100],
      ['b', 85, 85],
    ],
  ],
  ['an offer is listed and delisted', [{ a: 100, b: 90 }, { a: 100 }], [['a', 100, 100]]],
  ['an offer changes', [{ a: 90 }, { a: 70 }], [['a', 100, 70]]],
  ['an offer changes very often', [...MANY, { a: 70 }], [['a', 100, 70]]],
]

for (const [what, future, expected] of CASES) {
  t.test(`in the future ${what}: ends are those of the trend of each offer`, async (t) => {
    const { store, time, id, token } = await storeOfOneProduct(t, NOON, HOUR_MS)
    const outcomes = [{ a: 100 }, ...future].map((prices: Prices, index) => ({
      ...{ type: 'refreshed' as const, token, dueAt: time.now },
      at: index === 0 ? NOON : NOON + HOUR_MS + index,
      offers: Object.entries(prices).map(([id, price]) => ({ id, price, items_in_stock: 1 })),
    }))
    await store.settle([{ type: 'registered', token, at: NOON }, ...outcomes])

    time.now = NOON + MINUTE_MS
    const ends = async (from: number) => {
      const window = { from, to: time.now, byHour: false }
      const { offers } = await store.productHistory(id, window)
      for (const { id: offerId, first, last } of offers) {
        const { segments } = await store.offerHistory(id, offerId, window)
        const opens = segments.flatMap(({ open }) => open ?? [])
        const closes = segments.flatMap(({ close }) => close ?? [])
        t.same([opens[0], closes.at(-1)], [first, last])
      }
      return offers.map(({ id, first, last }) => [id, first, last])
    }
    t.same(await ends(NOON), expected)
    const onSale = Object.entries(future.at(-1) ?? {})
    t.same(
      await ends(time.now),
      onSale.map(([id, price]) => [id, price, price]),
    )
  })
}
