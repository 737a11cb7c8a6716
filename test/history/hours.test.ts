import t from 'tap'
import { HourSummary, type PriceHour, type Standing } from '../../history/hours.ts'
import { HOUR_MS, MINUTE_MS } from '../../history/time.ts'

const HOUR = 490_896

const sale = (price: number, itemsInStock = 1, lowestPrior: number | null = null): Standing => ({
  price,
  itemsInStock,
  lowestPrior,
})

/** Rolls up the hour, with changes at these minutes. */
function summaryOf(before: Standing | null, changes: [minute: number, now: Standing | null][]) {
  const summary = new HourSummary(HOUR, before)
  for (const [minute, now] of changes) summary.change(HOUR * HOUR_MS + minute * MINUTE_MS, now)
  return summary.end()
}

const NEVER_ON_SALE = {
  ...{ open: null, close: null, low: null, high: null, onSaleMs: 0, excess: 0 },
  ...{ stockLow: null, stockHigh: null },
}

/** One millisecond, in minutes. */
const MS = 1 / MINUTE_MS

const hours: [
  what: string,
  before: Standing | null,
  changes: [minute: number, now: Standing | null][],
  /** With a stock of 1 unless it says another. */
  expected: Omit<PriceHour, 'hour' | 'stockLow' | 'stockHigh'> & Partial<PriceHour>,
][] = [
  [
    'a price that changed',
    sale(100),
    [[15, sale(200, 3, 150)]],
    {
      ...{ open: 100, close: 200, low: 100, high: 200 },
      ...{ onSaleMs: HOUR_MS, excess: 75 * HOUR_MS, stockHigh: 3, end: sale(200, 3, 150) },
    },
  ],
  [
    'a stock that changed',
    sale(100, 5),
    [[15, sale(100, 4)]],
    {
      ...{ open: 100, close: 100, low: 100, high: 100 },
      ...{ onSaleMs: HOUR_MS, excess: 0, stockLow: 4, stockHigh: 5, end: sale(100, 4) },
    },
  ],
  [
    'a peak and a dip between equal prices',
    sale(100),
    [
      [15, sale(180)],
      [30, sale(20)],
      [45, sale(100)],
    ],
    {
      ...{ open: 100, close: 100, low: 20, high: 180 },
      ...{ onSaleMs: HOUR_MS, excess: 80 * HOUR_MS, end: sale(100) },
    },
  ],
  [
    'a change as the hour begins: what was before does not count',
    sale(500, 9),
    [[0, sale(100)]],
    {
      ...{ open: 100, close: 100, low: 100, high: 100 },
      ...{ onSaleMs: HOUR_MS, excess: 0, end: sale(100) },
    },
  ],
  [
    'a change in its last millisecond',
    sale(100),
    [[60 - MS, sale(50)]],
    {
      ...{ open: 100, close: 50, low: 50, high: 100 },
      ...{ onSaleMs: HOUR_MS, excess: 50 * HOUR_MS - 50, end: sale(50) },
    },
  ],
  [
    'an offer that was listed',
    null,
    [[45, sale(100)]],
    {
      ...{ open: 100, close: 100, low: 100, high: 100 },
      ...{ onSaleMs: HOUR_MS / 4, excess: 0, end: sale(100) },
    },
  ],
  [
    'an offer that was delisted',
    sale(100),
    [[15, null]],
    {
      ...{ open: 100, close: 100, low: 100, high: 100 },
      ...{ onSaleMs: HOUR_MS / 4, excess: 0, end: null },
    },
  ],
  [
    'an offer that was delisted as the hour began',
    sale(100),
    [[0, null]],
    { ...NEVER_ON_SALE, end: null },
  ],
  [
    'an offer that was delisted and came back at another price',
    sale(100),
    [
      [15, null],
      [45, sale(60)],
    ],
    {
      ...{ open: 100, close: 60, low: 60, high: 100 },
      ...{ onSaleMs: HOUR_MS / 2, excess: 10 * HOUR_MS, end: sale(60) },
    },
  ],
  [
    'an offer that was listed and delisted',
    null,
    [
      [15, sale(100)],
      [30, sale(80)],
      [45, null],
    ],
    {
      ...{ open: 100, close: 80, low: 80, high: 100 },
      ...{ onSaleMs: HOUR_MS / 2, excess: 5 * HOUR_MS, end: null },
    },
  ],
  [
    'a price that became 0',
    sale(100),
    [[30, sale(0, 0)]],
    {
      ...{ open: 100, close: 0, low: 0, high: 100 },
      ...{ onSaleMs: HOUR_MS, excess: 50 * HOUR_MS, stockLow: 0, end: sale(0, 0) },
    },
  ],
  [
    'a price that was 0',
    sale(0),
    [[30, sale(100)]],
    {
      ...{ open: 0, close: 100, low: 0, high: 100 },
      ...{ onSaleMs: HOUR_MS, excess: 50 * HOUR_MS, end: sale(100) },
    },
  ],
  [
    'no change, on sale',
    sale(100),
    [],
    {
      ...{ open: 100, close: 100, low: 100, high: 100 },
      ...{ onSaleMs: HOUR_MS, excess: 0, end: sale(100) },
    },
  ],
  ['no change, not on sale', null, [], { ...NEVER_ON_SALE, end: null }],
]
for (const [what, before, changes, expected] of hours) {
  t.test(`an hour is summed up: ${what}`, async (t) => {
    const stock = { stockLow: 1, stockHigh: 1 }
    t.strictSame(summaryOf(before, changes), { hour: HOUR, ...stock, ...expected })
  })
}

t.test('an hour with sixty changes weighs each price by its minute', async (t) => {
  const changes = Array.from({ length: 60 }, (_, minute): [number, Standing] => [
    minute,
    sale(minute),
  ])
  t.match(summaryOf(sale(1000), changes), {
    ...{ open: 0, close: 59, low: 0, high: 59 },
    ...{ onSaleMs: HOUR_MS, excess: 1770 * MINUTE_MS },
  })
})
