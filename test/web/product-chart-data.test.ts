import t from 'tap'
import type { Trend } from '../../schemas/trend.ts'
import { briefAt, chartData as dataOf, indexAt, type Price } from '../../web/product/chart-data.ts'

/** Times are written as milliseconds, as which 1970 begins with 0. */
const time = (ms: number) => new Date(ms).toISOString()

const trend = (parts: Partial<Trend>): Trend => ({
  product_id: '019aa9f0-5c00-7000-8000-000000000001',
  from: time(0),
  to: time(100),
  interval: 'raw',
  change: { absolute: null, percent: null },
  low: null,
  high: null,
  mean: null,
  coverage: 1,
  gaps: [],
  ...parts,
})

/** Of a product that is older than any window here, unless `since` says otherwise. */
const chartData = (lowest: Trend, offers: Trend[], since = -1) => dataOf(lowest, offers, since)

type Pair = [at: number, price: number | null]

const raw = (pairs: Pair[], gaps: [number, number][] = []) =>
  trend({
    prices: pairs.map(([at, price]) => ({ at: time(at), price, items_in_stock: null })),
    gaps: gaps.map(([from, to]) => ({ from: time(from), to: time(to) })),
  })

/** Each bucket as its beginning, open, close, low and high. */
const bucketed = (...buckets: [number, ...(number | null)[]][]) =>
  trend({
    interval: '1m',
    buckets: buckets.map(([at, open = null, close = null, low = null, high = null]) => ({
      at: time(at),
      open,
      close,
      low,
      high,
      mean: null,
      items_in_stock: { low: null, high: null },
    })),
  })

t.test('prices are brought onto one axis, each from its change on', async (t) => {
  const offer = raw([
    [0, 5],
    [50, 6],
  ])
  const late = raw([[70, 9]])
  const lowest = raw([
    [0, 5],
    [30, 4],
    [50, 6],
  ])
  t.strictSame(chartData(lowest, [offer, late]), {
    from: 0,
    to: 100,
    gaps: [],
    times: [0, 30, 50, 70, 100],
    lowest: [5, 4, 6, 6, 6],
    band: undefined,
    offers: [
      [5, 5, 6, 6, 6],
      [null, null, null, 9, 9],
    ],
  })
})

t.test('what is not on sale has no price until it is again', async (t) => {
  const { times, lowest } = chartData(
    raw([
      [10, 5],
      [20, null],
      [40, 7],
    ]),
    [],
  )
  t.strictSame(times, [0, 10, 20, 40, 100])
  t.strictSame(lowest, [null, 5, null, 7, 7])
})

const gaps: [what: string, gaps: [number, number][], times: number[], prices: (number | null)[]][] =
  [
    ['a gap in the middle', [[20, 60]], [0, 20, 50, 51, 60, 100], [5, null, 7, null, 7, 7]],
    ['a gap at the beginning', [[0, 10]], [0, 10, 50, 100], [null, 5, 7, 7]],
    ['a gap up to the end', [[80, 100]], [0, 50, 80, 100], [5, 7, null, null]],
    ['nothing but a gap', [[0, 100]], [0, 50, 51, 100], [null, 7, null, null]],
    [
      'two gaps',
      [
        [10, 20],
        [60, 70],
      ],
      [0, 10, 20, 50, 60, 70, 100],
      [5, null, 5, 7, null, 7, 7],
    ],
    [
      'gaps that a single poll parts',
      [
        [10, 20],
        [20, 30],
      ],
      [0, 10, 20, 30, 50, 100],
      [5, null, null, 5, 7, 7],
    ],
  ]
for (const [what, parts, times, prices] of gaps) {
  t.test(
    `a window with ${what} has no prices there but of the poll that found a change`,
    async (t) => {
      const pairs: Pair[] = [
        [0, 5],
        [50, 7],
      ]
      const data = chartData(raw(pairs, parts), [raw(pairs)])
      t.strictSame(
        data.gaps,
        parts.map(([from, to]) => ({ from, to })),
      )
      t.strictSame(data.times, times)
      t.strictSame(data.lowest, prices)
      t.strictSame(data.offers, [prices])
    },
  )
}

t.test('buckets show how they open, the last one also how it closes', async (t) => {
  const lowest = bucketed([-20, 5, 6, 4, 7], [40, 6, 6, 6, 6], [80, 8, 9, 7, 10])
  const { times, lowest: prices, band } = chartData(lowest, [])
  t.strictSame(times, [0, 40, 80, 100])
  t.strictSame(prices, [5, 6, 8, 9])
  t.strictSame(band, { low: [4, 6, 7, 7], high: [7, 6, 10, 10] })
})

t.test('a bucket in which it was not on sale has no price', async (t) => {
  const { lowest, band } = chartData(bucketed([0, 5, 5, 5, 5], [40], [80, 6, 6, 6, 6]), [])
  t.strictSame(lowest, [5, null, 6, 6])
  t.strictSame(band, { low: [5, null, 6, 6], high: [5, null, 6, 6] })
})

t.test('an answer that came later does not go beyond the window', async (t) => {
  const later = raw([
    [0, 5],
    [101, 6],
  ])
  t.strictSame(chartData(raw([[0, 5]]), [later]).times, [0, 100])
})

t.test('where nothing was ever observed there is a window without prices', async (t) => {
  const data = chartData(raw([], [[0, 100]]), [raw([])])
  t.strictSame(data.times, [0, 100])
  t.strictSame(data.lowest, [null, null])
  t.strictSame(data.offers, [[null, null]])
  t.strictSame(chartData(bucketed(), []).band, { low: [null, null], high: [null, null] })
})

t.test('a window without length is one point', async (t) => {
  const lowest = { ...raw([[100, 5]]), from: time(100) }
  t.strictSame(chartData(lowest, []).lowest, [5])
})

const polls: [what: string, lowest: Trend, since: number, times: number[], prices: Price[]][] = [
  [
    'one, after which nobody looked, is a line of 1 ms',
    raw([[40, 5]], [[0, 100]]),
    -1,
    [0, 40, 41, 100],
    [null, 5, null, null],
  ],
  [
    'the first one of a product, right after it was created',
    raw([[0, 5]], [[0, 100]]),
    0,
    [0, 1, 100],
    [5, null, null],
  ],
  [
    'one before the window, of which nothing is known in it',
    raw([[0, 5]], [[0, 100]]),
    -1,
    [0, 100],
    [null, null],
  ],
  [
    'one that found nothing on sale',
    raw([[40, null]], [[0, 100]]),
    -1,
    [0, 40, 100],
    [null, null, null],
  ],
  [
    'those that found a change, among buckets that repeat what was known',
    {
      ...bucketed([-20, 5, 5, 5, 5], [20, 5, 5, 5, 5], [40, 6, 6, 6, 6], [60, 6, 6, 6, 6]),
      gaps: [{ from: time(0), to: time(100) }],
    },
    -1,
    [0, 20, 40, 41, 60, 100],
    [null, null, 6, null, null, null],
  ],
  [
    'the first bucket of a product',
    { ...bucketed([-20, 5, 5, 5, 5]), gaps: [{ from: time(0), to: time(100) }] },
    0,
    [0, 1, 100],
    [5, null, null],
  ],
]
for (const [what, lowest, since, times, prices] of polls) {
  t.test(`polls in a gap: ${what}`, async (t) => {
    const data = chartData(lowest, [lowest], since)
    t.strictSame(data.times, times)
    t.strictSame(data.lowest, prices)
    t.strictSame(data.offers, [prices])
  })
}

const lines: [what: string, prices: Price[], ends: number[]][] = [
  ['none', [null, null, null, null], []],
  ['a short one within', [null, 5, null, null], [1]],
  ['a short one at the end', [null, null, 5, 6], [3]],
  ['one that lasts', [5, 5, 6, 6], []],
  ['a short one that begins the window, and one that lasts', [5, null, 5, 6], [0]],
]
for (const [what, prices, ends] of lines) {
  t.test(`lines too short to be seen: ${what}`, async (t) => {
    const times = what.endsWith('lasts') ? [0, 10, 20, 100] : [0, 40, 50, 60]
    t.strictSame(briefAt(times, prices, 20), ends)
  })
}

for (const [at, index] of [
  [-5, 0],
  [0, 0],
  [9, 0],
  [10, 1],
  [29, 1],
  [30, 2],
  [1000, 3],
] as const) {
  t.test(`at ${at} the point ${index} is in force`, async (t) => {
    t.equal(indexAt([0, 10, 30, 100], at), index)
  })
}

t.test('of no points the first one is in force', async (t) => {
  t.equal(indexAt([], 5), 0)
})
