import t from 'tap'
import { autoInterval, INTERVALS } from '../../history/interval.ts'
import { quotient2 } from '../../history/round.ts'
import { clipped, priceAtEnd, type Segment, standing } from '../../history/segment.ts'
import { ceilTo, DAY_MS, floorTo, HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import {
  bucketsOf,
  changeOf,
  few,
  figuresOf,
  MAX_POINTS,
  pointsOf,
  TooManyPoints,
} from '../../history/trend.ts'

const START = Date.UTC(2026, 0, 2)

/** The price from one hour after `START` to another; null: not on sale. */
function stood(from: number, until: number, price: number | null, stock = 1): Segment {
  const itemsInStock = price === null ? null : stock
  return standing(START + from * HOUR_MS, START + until * HOUR_MS, price, itemsInStock)
}

/** An hour of which a summary is left: 100 for half of it, 200 for a quarter, then 120. */
const rolledUp = (hour: number): Segment => ({
  from: START + hour * HOUR_MS,
  until: START + (hour + 1) * HOUR_MS,
  open: 100,
  close: 120,
  low: 100,
  high: 200,
  onSaleMs: HOUR_MS,
  excess: 30 * HOUR_MS,
  itemsInStock: 7,
})

/** The same of one that was sold out half-way: 100 for a quarter of an hour, then 80 for another. */
const soldOut = (hour: number): Segment => ({
  from: START + hour * HOUR_MS,
  until: START + (hour + 1) * HOUR_MS,
  open: 100,
  close: 80,
  low: 80,
  high: 100,
  onSaleMs: HOUR_MS / 2,
  excess: 5 * HOUR_MS,
  itemsInStock: null,
})

/** The same of one that was sold out as the hour began, and did not come back in it. */
const goneAtOnce = (hour: number): Segment => stood(hour, hour + 1, null)

const quotients: [dividend: number, divisor: number, expected: number][] = [
  [0, 3, 0],
  [3, 3, 1],
  [100, 3, 33.33],
  [-100, 3, -33.33],
  [200, 3, 66.67],
  [-200, 3, -66.67],
  [1, 8, 0.13],
  [-1, 8, -0.13],
  [49, 10_000, 0],
  [50, 10_000, 0.01],
  [-50, 10_000, -0.01],
  [19_999, 200, 100],
  [2300, 160, 14.38],
  [-2300, 160, -14.38],
  [1005, 1000, 1.01],
  [1e15, 1, 1e15],
]
for (const [dividend, divisor, expected] of quotients) {
  t.test(`${dividend} / ${divisor} is rounded to ${expected}`, async (t) => {
    t.equal(quotient2(dividend, divisor), expected)
  })
}

for (const dividend of [-0, -1, -49, -Number.MIN_VALUE]) {
  t.test(`${Object.is(dividend, -0) ? '-0' : dividend} / 10000 is 0, not -0`, async (t) => {
    t.ok(Object.is(quotient2(dividend, 10_000), 0))
  })
}

const floors: [ms: number, floor: number, ceil: number][] = [
  [0, 0, 0],
  [1, 0, HOUR_MS],
  [HOUR_MS - 1, 0, HOUR_MS],
  [HOUR_MS, HOUR_MS, HOUR_MS],
  [HOUR_MS + 1, HOUR_MS, 2 * HOUR_MS],
]
for (const [ms, floor, ceil] of floors) {
  t.test(`${ms} ms lies between two full hours`, async (t) => {
    t.equal(floorTo(ms, HOUR_MS), floor)
    t.equal(ceilTo(ms, HOUR_MS), ceil)
  })
}

const windows: [what: string, ms: number, expected: string][] = [
  ['no time', 0, '1m'],
  ['999 minutes', 999 * MINUTE_MS, '1m'],
  ['more than 999 minutes', 999 * MINUTE_MS + 1, '5m'],
  ['a day', DAY_MS, '5m'],
  ['4,995 minutes', 4995 * MINUTE_MS, '5m'],
  ['a week', 7 * DAY_MS, '15m'],
  ['14,985 minutes', 14_985 * MINUTE_MS, '15m'],
  ['more than 14,985 minutes', 14_985 * MINUTE_MS + 1, '1h'],
  ['999 hours', 999 * HOUR_MS, '1h'],
  ['more than 999 hours', 999 * HOUR_MS + 1, '6h'],
  ['5,994 hours', 5994 * HOUR_MS, '6h'],
  ['a year', 365 * DAY_MS, '1d'],
  ['more than 1,000 days', 1001 * DAY_MS, '1d'],
]
for (const [what, ms, expected] of windows) {
  t.test(`the buckets for ${what} are ${expected} long`, async (t) => {
    t.equal(autoInterval(ms), expected)
  })
}

const same = <T>(item: T) => item

t.test('days are made of whole buckets, so that these begin with the days', async (t) => {
  for (const ms of Object.values(INTERVALS)) t.equal(DAY_MS % ms, 0)
})

t.test('a price that stands makes a segment of all the time', async (t) => {
  t.strictSame(standing(1000, 3000, 50, 4), {
    ...{ from: 1000, until: 3000, open: 50, close: 50, low: 50, high: 50 },
    ...{ onSaleMs: 2000, excess: 0, itemsInStock: 4 },
  })
})

t.test('a time not on sale makes a segment without figures', async (t) => {
  t.strictSame(standing(1000, 3000, null, null), {
    ...{ from: 1000, until: 3000, open: null, close: null, low: null, high: null },
    ...{ onSaleMs: 0, excess: 0, itemsInStock: null },
  })
})

const ends: [what: string, segment: Segment, expected: number | null][] = [
  ['that stood', stood(0, 1, 50), 50],
  ['without any in stock', stood(0, 1, 50, 0), 50],
  ['that was not on sale', stood(0, 1, null), null],
  ['of an hour', rolledUp(0), 120],
  ['of an hour in which it was sold out', soldOut(0), null],
]
for (const [what, segment, expected] of ends) {
  t.test(`the price at the end ${what} is ${expected}`, async (t) => {
    t.equal(priceAtEnd(segment), expected)
  })
}

const clips: [what: string, segment: Segment, from: number, until: number, expected: object][] = [
  ['a price', stood(0, 4, 50, 3), 1, 3, stood(1, 3, 50, 3)],
  ['a price, from its beginning', stood(0, 4, 50, 3), 0, 1, stood(0, 1, 50, 3)],
  ['all of a price', stood(0, 4, 50, 3), 0, 4, stood(0, 4, 50, 3)],
  ['a time not on sale', stood(0, 4, null), 1, 3, stood(1, 3, null)],
  ['a change at the end of a window', stood(4, 4, 50, 3), 4, 4, stood(4, 4, 50, 3)],
  ['all of an hour', rolledUp(0), 0, 1, rolledUp(0)],
  ['the end of an hour', rolledUp(0), 0.25, 1, stood(0.25, 1, 120, 7)],
  ['the middle of an hour', rolledUp(0), 0.25, 0.5, stood(0.25, 0.5, 120, 7)],
  ['the end of an hour that ended sold out', soldOut(0), 0.25, 1, stood(0.25, 1, null)],
  [
    'the beginning of an hour',
    rolledUp(0),
    0,
    0.25,
    {
      ...rolledUp(0),
      until: START + HOUR_MS / 4,
      onSaleMs: HOUR_MS / 4,
      excess: (30 * HOUR_MS) / 4,
    },
  ],
  [
    'the beginning of an hour that ended sold out',
    soldOut(0),
    0,
    0.5,
    { ...soldOut(0), until: START + HOUR_MS / 2, onSaleMs: HOUR_MS / 4, excess: 2.5 * HOUR_MS },
  ],
]
for (const [what, segment, from, until, expected] of clips) {
  t.test(`clipping takes ${what}`, async (t) => {
    const found = clipped(segment, START + from * HOUR_MS, START + until * HOUR_MS)
    t.strictSame(found, expected)
  })
}

const changes: [first: number | null, last: number | null, number | null, number | null][] = [
  [null, null, null, null],
  [null, 100, null, null],
  [100, null, null, null],
  [100, 100, 0, 0],
  [100, 150, 50, 50],
  [100, 50, -50, -50],
  [100, 0, -100, -100],
  [0, 0, 0, null],
  [0, 100, 100, null],
  [3, 4, 1, 33.33],
  [3, 2, -1, -33.33],
  [3, 5, 2, 66.67],
  [3, 1, -2, -66.67],
  [44_900, 41_900, -3000, -6.68],
  [1, 1_000_000_000, 999_999_999, 99_999_999_900],
  [2 ** 53 - 1, 0, 1 - 2 ** 53, -100],
  // Halves go away from zero.
  [800, 801, 1, 0.13],
  [800, 799, -1, -0.13],
  [20_000, 20_001, 1, 0.01],
  [20_000, 19_999, -1, -0.01],
  // Those that binary fractions miss: 14.375 and 1.005 exactly.
  [160, 183, 23, 14.38],
  [160, 137, -23, -14.38],
  [20_000, 20_201, 201, 1.01],
  [20_000, 19_799, -201, -1.01],
  [100_000, 100_001, 1, 0],
]
for (const [first, last, absolute, percent] of changes) {
  t.test(`the change from ${first} to ${last} is ${absolute}, ${percent} %`, async (t) => {
    t.strictSame(changeOf(first, last), { absolute, percent })
  })
}

const noChanges: [first: number, last: number][] = [
  [100, 100],
  [100_000, 99_999],
  [2 ** 53 - 1, 2 ** 53 - 2],
  [0, 0],
]
for (const [first, last] of noChanges) {
  t.test(`the change from ${first} to ${last} has no -0`, async (t) => {
    const { absolute, percent } = changeOf(first, last)
    t.notOk(Object.is(absolute, -0))
    t.notOk(Object.is(percent, -0))
  })
}

type Price = number | null
const figures: [
  what: string,
  segments: Segment[],
  change: [absolute: Price, percent: Price],
  low: Price,
  high: Price,
  mean: Price,
][] = [
  ['a window before the first observation', [], [null, null], null, null, null],
  ['an offer not on sale', [stood(0, 24, null)], [null, null], null, null, null],
  ['a price that stood', [stood(0, 24, 100)], [0, 0], 100, 100, 100],
  ['a window without length', [stood(0, 0, 100)], [0, 0], 100, 100, 100],
  ['a price of 0 that stood', [stood(0, 24, 0)], [0, null], 0, 0, 0],
  ['a first price of 0', [stood(0, 6, 0), stood(6, 24, 100)], [100, null], 0, 100, 75],
  ['a last price of 0', [stood(0, 6, 100), stood(6, 24, 0)], [-100, -100], 0, 100, 25],
  ['a rise', [stood(0, 12, 100), stood(12, 24, 150)], [50, 50], 100, 150, 125],
  ['a drop', [stood(0, 18, 100), stood(18, 24, 50)], [-50, -50], 50, 100, 87.5],
  [
    'a change of the stock alone',
    [stood(0, 12, 100, 5), stood(12, 24, 100, 0)],
    [0, 0],
    100,
    100,
    100,
  ],
  [
    'a peak between equal prices',
    [stood(0, 6, 100), stood(6, 12, 180), stood(12, 24, 100)],
    [0, 0],
    100,
    180,
    120,
  ],
  [
    'a dip between equal prices',
    [stood(0, 6, 100), stood(6, 12, 20), stood(12, 24, 100)],
    [0, 0],
    20,
    100,
    80,
  ],
  [
    'prices that do not come out even',
    [stood(0, 1, 100), stood(1, 2, 100), stood(2, 3, 101)],
    [1, 1],
    100,
    101,
    100.33,
  ],
  [
    'a mean between two hundredths',
    [stood(0, 199, 1), stood(199, 200, 2)],
    [1, 100],
    1,
    2,
    1.01, // 1.005
  ],
  [
    'an offer that comes on sale',
    [stood(0, 12, null), stood(12, 18, 100), stood(18, 24, 200)],
    [100, 100],
    100,
    200,
    150,
  ],
  ['an offer delisted at the start', [stood(0, 0, 100), stood(0, 24, null)], [0, 0], 100, 100, 100],
  [
    'an offer delisted in the middle that comes back dearer',
    [stood(0, 6, 100), stood(6, 18, null), stood(18, 24, 150)],
    [50, 50],
    100,
    150,
    125,
  ],
  [
    'an offer delisted in the middle for good',
    [stood(0, 6, 100), stood(6, 12, 90), stood(12, 24, null)],
    [-10, -10],
    90,
    100,
    95,
  ],
  [
    'an offer delisted at the very end',
    [stood(0, 12, 100), stood(12, 24, 80), stood(24, 24, null)],
    [-20, -20],
    80,
    100,
    90,
  ],
  [
    'a change at the very end',
    [stood(0, 24, 100), stood(24, 24, 50)],
    [-50, -50],
    50,
    100,
    100, // It has not stood for any time yet.
  ],
  [
    'an offer on sale for a millisecond until it changed',
    [stood(0, 1 / HOUR_MS, 100), stood(1 / HOUR_MS, 1 / HOUR_MS, 50)],
    [-50, -50],
    50,
    100,
    100,
  ],
  ['an offer listed at the very end', [stood(0, 24, null), stood(24, 24, 70)], [0, 0], 70, 70, 70],
  ['an hour rolled up', [rolledUp(0)], [20, 20], 100, 200, 130],
  ['an hour rolled up in which it was sold out', [soldOut(0)], [-20, -20], 80, 100, 90],
  [
    'an hour rolled up between others',
    [stood(0, 1, 90), rolledUp(1), stood(2, 4, 120)],
    [30, 33.33],
    90,
    200,
    115,
  ],
  [
    'an hour sold out between others',
    [stood(0, 1, 100), soldOut(1), stood(2, 3, null), goneAtOnce(3), rolledUp(4)],
    [20, 20],
    80,
    200,
    110, // 100, half an hour of 90, 130
  ],
  [
    'the beginning of an hour rolled up',
    [clipped(rolledUp(0), START, START + HOUR_MS / 2)],
    [20, 20],
    100,
    200,
    130,
  ],
  [
    'the end of an hour rolled up',
    [clipped(rolledUp(0), START + HOUR_MS / 2, START + HOUR_MS)],
    [0, 0],
    120,
    120,
    120,
  ],
  [
    'the end of an hour in which it was sold out',
    [clipped(soldOut(0), START + HOUR_MS / 2, START + HOUR_MS)],
    [null, null],
    null,
    null,
    null,
  ],
  ['a price so high', [stood(0, 1, 2 ** 53 - 1)], [0, 0], 2 ** 53 - 1, 2 ** 53 - 1, 2 ** 53 - 1],
]
for (const [what, segments, [absolute, percent], low, high, mean] of figures) {
  t.test(`the figures of ${what}`, async (t) => {
    const expected = { change: { absolute, percent }, low, high, mean }
    t.strictSame(figuresOf(segments), expected)
  })
}

const points: [what: string, segments: Segment[], [hour: number, Price, stock: Price][]][] = [
  ['a window before the first observation', [], []],
  ['a price that stood', [stood(0, 24, 100, 5)], [[0, 100, 5]]],
  ['a window without length', [stood(0, 0, 100, 5)], [[0, 100, 5]]],
  ['an offer not on sale', [stood(0, 24, null)], [[0, null, null]]],
  [
    'changes of price and stock',
    [stood(0, 6, 100, 5), stood(6, 12, 110, 5), stood(12, 24, 110, 0)],
    [
      [0, 100, 5],
      [6, 110, 5],
      [12, 110, 0],
    ],
  ],
  [
    'equal segments in a row',
    [stood(0, 6, 100, 5), stood(6, 12, 100, 5), stood(12, 24, 90, 5), stood(24, 24, 90, 5)],
    [
      [0, 100, 5],
      [12, 90, 5],
    ],
  ],
  [
    'a peak between equal prices',
    [stood(0, 6, 100), stood(6, 12, 180), stood(12, 24, 100)],
    [
      [0, 100, 1],
      [6, 180, 1],
      [12, 100, 1],
    ],
  ],
  [
    'an offer delisted in the middle',
    [stood(0, 6, 100), stood(6, 12, null), stood(12, 18, null), stood(18, 24, 100)],
    [
      [0, 100, 1],
      [6, null, null],
      [18, 100, 1],
    ],
  ],
  [
    'a change at the very end',
    [stood(0, 24, 100), stood(24, 24, null)],
    [
      [0, 100, 1],
      [24, null, null],
    ],
  ],
  [
    'hours rolled up',
    [stood(0, 1, 100, 7), rolledUp(1), stood(2, 3, 120, 7), soldOut(3), stood(4, 5, null)],
    [
      [0, 100, 7],
      [1, 120, 7],
      [3, null, null],
    ],
  ],
  [
    'the end of an hour rolled up',
    [clipped(rolledUp(0), START + HOUR_MS / 2, START + HOUR_MS), stood(1, 2, 120, 7)],
    [[0.5, 120, 7]],
  ],
  [
    'hours rolled up in which it was sold out, and one in which it came back',
    [soldOut(0), goneAtOnce(1), rolledUp(2)],
    [
      [0, null, null],
      [2, 120, 7],
    ],
  ],
]
for (const [what, segments, expected] of points) {
  t.test(`the points of ${what}`, async (t) => {
    const found = pointsOf(segments)
    t.strictSame(
      found,
      expected.map(([hour, price, itemsInStock]) => ({
        at: START + hour * HOUR_MS,
        price,
        itemsInStock,
      })),
    )
  })
}

type Row = [hour: number, open: Price, close: Price, low: Price, high: Price, mean: Price]
const NOT_ON_SALE = [null, null, null, null, null] as const
const buckets: [what: string, interval: keyof typeof INTERVALS, Segment[], Row[]][] = [
  ['a window before the first observation', '1h', [], []],
  ['a window without length', '1h', [stood(0.5, 0.5, 9)], [[0, 9, 9, 9, 9, 9]]],
  [
    'a price that stood',
    '1h',
    [stood(0, 3, 100)],
    [
      [0, 100, 100, 100, 100, 100],
      [1, 100, 100, 100, 100, 100],
      [2, 100, 100, 100, 100, 100],
    ],
  ],
  [
    'a window that begins and ends within a bucket',
    '6h',
    [stood(5, 7, 100)],
    [
      [0, 100, 100, 100, 100, 100],
      [6, 100, 100, 100, 100, 100],
    ],
  ],
  [
    'a change within a bucket',
    '1h',
    [stood(0, 1.25, 100), stood(1.25, 2, 200)],
    [
      [0, 100, 100, 100, 100, 100],
      [1, 100, 200, 100, 200, 175],
    ],
  ],
  [
    'a change between buckets',
    '1h',
    [stood(0, 1, 100), stood(1, 2, 200)],
    [
      [0, 100, 100, 100, 100, 100],
      [1, 200, 200, 200, 200, 200],
    ],
  ],
  [
    'a peak and a dip within a bucket',
    '1d',
    [stood(0, 6, 100), stood(6, 12, 180), stood(12, 18, 20), stood(18, 24, 100)],
    [[0, 100, 100, 20, 180, 100]],
  ],
  [
    'a gap on sale across buckets',
    '1h',
    [stood(0, 0.5, 100), stood(0.5, 3.5, null), stood(3.5, 4, 50)],
    [
      [0, 100, 100, 100, 100, 100],
      [1, ...NOT_ON_SALE],
      [2, ...NOT_ON_SALE],
      [3, 50, 50, 50, 50, 50],
    ],
  ],
  [
    'a gap on sale within a bucket',
    '6h',
    [stood(0, 1, 100), stood(1, 5, null), stood(5, 6, 50)],
    [[0, 100, 50, 50, 100, 75]],
  ],
  [
    'an offer delisted where a bucket begins',
    '1h',
    [stood(0, 1, 100), stood(1, 2, null)],
    [
      [0, 100, 100, 100, 100, 100],
      [1, ...NOT_ON_SALE],
    ],
  ],
  [
    'a change at the end of a window, where a bucket begins',
    '1h',
    [stood(0, 1, 100), stood(1, 1, 50)],
    [
      [0, 100, 100, 100, 100, 100],
      [1, 50, 50, 50, 50, 50],
    ],
  ],
  [
    'a change at the end of a window, within a bucket',
    '1h',
    [stood(0, 0.5, 100), stood(0.5, 0.5, 50)],
    [[0, 100, 50, 50, 100, 100]],
  ],
  ['a price of 0', '1h', [stood(0, 0.75, 0), stood(0.75, 1, 2)], [[0, 0, 2, 0, 2, 0.5]]],
  [
    'hours rolled up, in buckets of their length',
    '1h',
    [rolledUp(0), soldOut(1), goneAtOnce(2)],
    [
      [0, 100, 120, 100, 200, 130],
      [1, 100, 80, 80, 100, 90],
      [2, ...NOT_ON_SALE],
    ],
  ],
  [
    'hours rolled up, in longer buckets',
    '6h',
    [stood(0, 1, 100), rolledUp(1), stood(2, 3, 120), soldOut(3), stood(4, 12, null)],
    [
      [0, 100, 80, 80, 200, 112.86], // 100 + 130 + 120 + 45 in 3.5 hours
      [6, ...NOT_ON_SALE],
    ],
  ],
  [
    'an hour rolled up, in shorter buckets: all of it in the first one',
    '15m',
    [rolledUp(0)],
    [
      [0, 100, 120, 100, 200, 130],
      [0.25, 120, 120, 120, 120, 120],
      [0.5, 120, 120, 120, 120, 120],
      [0.75, 120, 120, 120, 120, 120],
    ],
  ],
  [
    'an hour in which it was sold out, in shorter buckets',
    '15m',
    [soldOut(0)],
    [
      [0, 100, 80, 80, 100, 90],
      [0.25, ...NOT_ON_SALE],
      [0.5, ...NOT_ON_SALE],
      [0.75, ...NOT_ON_SALE],
    ],
  ],
  [
    'an hour rolled up that the window ends in',
    '1h',
    [stood(0, 1, 100), clipped(rolledUp(1), START + HOUR_MS, START + 1.25 * HOUR_MS)],
    [
      [0, 100, 100, 100, 100, 100],
      [1, 100, 120, 100, 200, 130],
    ],
  ],
  [
    'an hour rolled up that the window begins in',
    '1h',
    [clipped(rolledUp(0), START + HOUR_MS / 4, START + HOUR_MS), stood(1, 2, 120)],
    [
      [0, 120, 120, 120, 120, 120],
      [1, 120, 120, 120, 120, 120],
    ],
  ],
]
for (const [what, interval, segments, expected] of buckets) {
  t.test(`the buckets of ${what}`, async (t) => {
    const found = [...bucketsOf(segments, INTERVALS[interval])]
    t.strictSame(
      found,
      expected.map(([hour, open, close, low, high, mean]) => ({
        at: START + hour * HOUR_MS,
        ...{ open, close, low, high, mean },
      })),
    )
  })
}

t.test('buckets begin with the days of UTC', async (t) => {
  const segment = standing(START + 1, START + DAY_MS + 1, 100, 1)
  const found = [...bucketsOf([segment], DAY_MS)]
  t.strictSame(
    found.map(({ at }) => at),
    [START, START + DAY_MS],
  )
})

t.test('10,000 points are given, in order', async (t) => {
  const segments = Array.from({ length: MAX_POINTS }, (_, hour) => stood(hour, hour + 1, hour))
  const found = few(pointsOf(segments), same)
  t.equal(found.length, 10_000)
  t.equal(found.at(-1)?.at, START + 9999 * HOUR_MS)
})

t.test('more than 10,000 points are too many', async (t) => {
  const segments = Array.from({ length: MAX_POINTS + 1 }, (_, hour) => stood(hour, hour + 1, hour))
  t.throws(() => few(pointsOf(segments), same), new TooManyPoints())
})

t.test('what does not change does not count as a point', async (t) => {
  const segments = Array.from({ length: MAX_POINTS + 1 }, (_, hour) => stood(hour, hour + 1, 5))
  t.equal(few(pointsOf(segments), same).length, 1)
})

t.test('more than 10,000 buckets are too many', async (t) => {
  const minutes = (count: number) => standing(START, START + count * MINUTE_MS, 100, 1)
  t.equal(few(bucketsOf([minutes(10_000)], MINUTE_MS), same).length, 10_000)
  t.throws(() => few(bucketsOf([minutes(10_001)], MINUTE_MS), same), {
    code: 'TOO_MANY_POINTS',
    message: /10000 points; ask for a shorter window or a longer interval/,
  })
})

t.test('too many points are given up on at once', async (t) => {
  let taken = 0
  function* endless() {
    for (;;) yield ++taken
  }
  t.throws(() => few(endless(), same), new TooManyPoints())
  t.equal(taken, MAX_POINTS + 1)
})

/** The mean of prices, each of which stood for so many ms, to two decimals, by whole numbers of any size. */
function exactMean(stood: [price: number, ms: number][]): number {
  const total = stood.reduce((sum, [, ms]) => sum + BigInt(ms), 0n)
  const area = stood.reduce((sum, [price, ms]) => sum + BigInt(price) * BigInt(ms), 0n)
  const hundredths = (area * 200n + total) / (total * 2n)
  return Number(`${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`)
}

const MAX = Number.MAX_SAFE_INTEGER
const YEAR_MS = 365 * DAY_MS

const sums: [what: string, price: (n: number) => number, ms: (n: number) => number][] = [
  ['the highest price, for a year', () => MAX, () => YEAR_MS],
  ['the highest price, for odd times', () => MAX, (n) => 1 + n * 7919],
  ['prices next to it', (n) => MAX - (n % 3), () => HOUR_MS],
  ['prices of a billion, for years', (n) => 1_000_000_000 + (n % 7), () => YEAR_MS],
  ['prices in thousands, for a year', (n) => 300_000 + ((n * 61) % 997), () => 31_536_001],
  ['thirds of a price', (n) => n % 3, () => 1],
]
for (const [what, price, ms] of sums) {
  t.test(`the mean is exact: ${what}`, async (t) => {
    const stood = Array.from({ length: 300 }, (_, n): [number, number] => [price(n), ms(n)])
    let at = START
    const segments = stood.map(([price, ms]) => {
      at += ms
      return standing(at - ms, at, price, 1)
    })
    const { mean, low, high } = figuresOf(segments)
    t.equal(mean, exactMean(stood))
    t.ok(Number(mean) >= Number(low) && Number(mean) <= Number(high))
  })
}

t.test('a mean that is rounded up is not above the highest price', async (t) => {
  const { mean } = figuresOf([standing(0, 1, MAX - 1, 1), standing(1, 1000, MAX, 1)])
  t.equal(mean, MAX)
})
