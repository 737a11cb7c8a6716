import t from 'tap'
import { HOUR_MS } from '../../history/time.ts'
import { toTime } from '../../schemas/to-time.ts'
import { failed, offer, polled } from './helper.ts'
import { gap, iso, ms, type Point, point, startTrends, windowQuery } from './trend-reader.ts'

const { app, add, mower, read, trendOf } = await startTrends(t)

t.test('the trend of an offer covers the last 24 hours, each change of them', async (t) => {
  const response = await read(`${mower.id}/offers/a/trend`)
  t.equal(response.statusCode, 200)
  t.strictSame(response.json(), {
    product_id: mower.id,
    offer_id: 'a',
    from: iso('21T08:00'),
    to: iso('22T08:00'),
    interval: 'raw',
    prices: [
      { at: iso('21T08:00'), price: 100, items_in_stock: 3 },
      { at: iso('21T20:00'), price: 90, items_in_stock: 3 },
      { at: iso('22T02:00'), price: null, items_in_stock: null },
    ],
    change: { absolute: -10, percent: -10 },
    low: 90,
    high: 100,
    mean: 96.67,
    coverage: 1,
    gaps: [],
  })
})

t.test(
  'the trend of a product is that of its lowest price in stock, with the offers beside it',
  async (t) => {
    const response = await read(`${mower.id}/trend`)
    t.equal(response.statusCode, 200)
    t.strictSame(response.json(), {
      product_id: mower.id,
      from: iso('21T08:00'),
      to: iso('22T08:00'),
      interval: 'raw',
      prices: [
        { at: iso('21T08:00'), price: 100, items_in_stock: 3 },
        { at: iso('21T20:00'), price: 90, items_in_stock: 3 },
        { at: iso('22T02:00'), price: 80, items_in_stock: 5 },
        { at: iso('22T06:00'), price: 85, items_in_stock: 5 },
        { at: iso('22T07:00'), price: null, items_in_stock: null },
      ],
      change: { absolute: -15, percent: -15 },
      low: 80,
      high: 100,
      mean: 93.26,
      coverage: 1,
      gaps: [],
      offers: [
        { offer_id: 'a', first: 100, last: 90, change_percent: -10 },
        { offer_id: 'b', first: 80, last: 85, change_percent: 6.25 },
      ],
    })
  },
)

interface Figures {
  prices: Point[]
  /** Absolute and percent. */
  change: [number | null, number | null]
  /** Low, high and mean. */
  levels: [number | null, number | null, number | null]
  coverage: number
  gaps: [from: string, to: string][]
  /** Each offer with its first and last price. */
  offers: [string, number, number][]
}

/** The trend of the lowest price of the mower over other windows. */
const windows: [what: string, from: string, to: string, figures: Figures][] = [
  [
    'a window without a change',
    '22T03:00',
    '22T05:00',
    {
      prices: [['22T03:00', 80, 5]],
      change: [0, 0],
      levels: [80, 80, 80],
      coverage: 1,
      gaps: [],
      offers: [['b', 80, 80]],
    },
  ],
  [
    'a window that ends with a change, which belongs to it',
    '22T01:00',
    '22T02:00',
    {
      prices: [
        ['22T01:00', 90, 3],
        ['22T02:00', 80, 5],
      ],
      change: [-10, -11.11],
      levels: [80, 90, 90],
      coverage: 1,
      gaps: [],
      offers: [
        ['a', 90, 90],
        ['b', 80, 80],
      ],
    },
  ],
  [
    'a window that begins with a change',
    '22T02:00',
    '22T03:00',
    {
      prices: [['22T02:00', 80, 5]],
      change: [0, 0],
      levels: [80, 80, 80],
      coverage: 1,
      gaps: [],
      offers: [['b', 80, 80]],
    },
  ],
  [
    'a window of no length',
    '22T03:00',
    '22T03:00',
    {
      prices: [['22T03:00', 80, 5]],
      change: [0, 0],
      levels: [80, 80, 80],
      coverage: 1,
      gaps: [],
      offers: [['b', 80, 80]],
    },
  ],
  [
    'a window after all was sold out',
    '22T07:30',
    '22T08:00',
    {
      prices: [['22T07:30', null, null]],
      change: [null, null],
      levels: [null, null, null],
      coverage: 1,
      gaps: [],
      offers: [],
    },
  ],
  [
    'a window that begins before the first observation',
    '20T00:00',
    '20T16:00',
    {
      prices: [['20T08:00', 100, 3]],
      change: [0, 0],
      levels: [100, 100, 100],
      coverage: 0.5,
      gaps: [['20T00:00', '20T08:00']],
      offers: [['a', 100, 100]],
    },
  ],
  [
    'a window before the first observation',
    '19T00:00',
    '20T07:59',
    {
      prices: [],
      change: [null, null],
      levels: [null, null, null],
      coverage: 0,
      gaps: [['19T00:00', '20T07:59']],
      offers: [],
    },
  ],
  [
    'a window that ends in the future',
    '22T06:00',
    '22T10:00',
    {
      prices: [
        ['22T06:00', 85, 5],
        ['22T07:00', null, null],
      ],
      change: [0, 0],
      levels: [85, 85, 85],
      coverage: 0.5,
      gaps: [['22T08:00', '22T10:00']],
      offers: [['b', 85, 85]],
    },
  ],
  [
    'a window in the future',
    '22T09:00',
    '22T10:00',
    {
      prices: [],
      change: [null, null],
      levels: [null, null, null],
      coverage: 0,
      gaps: [['22T09:00', '22T10:00']],
      offers: [],
    },
  ],
]
for (const [what, from, to, expected] of windows) {
  t.test(what, async (t) => {
    const trend = await trendOf(`${mower.id}/trend?${windowQuery(from, to)}`)
    t.strictSame([trend.from, trend.to], [iso(from), iso(to)])
    t.strictSame(
      {
        prices: trend.prices?.map(point),
        change: [trend.change.absolute, trend.change.percent],
        levels: [trend.low, trend.high, trend.mean],
        coverage: trend.coverage,
        gaps: trend.gaps.map(gap),
        offers: trend.offers?.map(({ offer_id, first, last }) => [offer_id, first, last]),
      },
      expected,
    )
  })
}

t.test('an offer on sale is not listed in a window of the future', async (t) => {
  const { id } = await add('Pump', [[ms('22T07:00'), offer('a', 5)]])
  const query = windowQuery('22T09:00', '22T10:00')
  t.strictSame((await trendOf(`${id}/trend?${query}`)).offers, [])
  t.strictSame((await trendOf(`${id}/offers/a/trend?${query}`)).prices, [])
})

t.test(
  "an offer's trend begins when it was first seen, and continues after it was sold out",
  async (t) => {
    t.strictSame((await trendOf(`${mower.id}/offers/b/trend`)).prices?.map(point), [
      ['21T20:00', 80, 0],
      ['22T02:00', 80, 5],
      ['22T06:00', 85, 5],
      ['22T07:00', null, null],
    ])
    const query = windowQuery('22T07:30', '22T08:00')
    const later = await trendOf(`${mower.id}/offers/b/trend?${query}`)
    t.strictSame(later.prices?.map(point), [['22T07:30', null, null]])
    t.strictSame(
      [later.low, later.high, later.mean, later.change.percent],
      [null, null, null, null],
    )
  },
)

t.test('without a beginning the window has 24 hours, and times may have an offset', async (t) => {
  const { from, to } = await trendOf(`${mower.id}/trend?to=2026-11-22T04:30:00.5%2B01:30`)
  t.strictSame([from, to], ['2026-11-21T03:00:00.500Z', '2026-11-22T03:00:00.500Z'])
})

t.test('a window that ends on the first day of 1970 begins with it', async (t) => {
  const end = '1970-01-01T12:00:00.000Z'
  const { from, to } = await trendOf(`${mower.id}/trend?to=${end}&interval=1h`)
  t.strictSame([from, to], [toTime(0), end])
})

t.test('ids of products are the same in capitals', async (t) => {
  t.equal((await trendOf(`${mower.id.toUpperCase()}/trend`)).product_id, mower.id)
})

t.test('a gap of less than a thousandth of the window is counted, but not listed', async (t) => {
  const { id, token } = await add('Brief', [[ms('22T00:00'), offer('a', 10)]])
  await app.store.settle([
    failed(token, ms('22T01:00')),
    polled(token, [ms('22T04:00'), offer('a', 10)]),
  ])
  for (const [hours, told] of [
    [4_000, [{ from: iso('22T00:00'), to: iso('22T04:00') }]],
    [4_001, []],
  ] as const) {
    const from = toTime(ms('22T08:00') - hours * HOUR_MS)
    const { coverage, gaps } = await trendOf(`${id}/trend?from=${from}`)
    t.strictSame(gaps, [{ from, to: iso('22T00:00') }, ...told])
    t.equal(coverage, 4 / hours)
  }
})
