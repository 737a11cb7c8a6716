import t from 'tap'
import { autoInterval, INTERVALS } from '../../history/interval.ts'
import { quotient2 } from '../../history/round.ts'
import { clipped, priceAtEnd, type Segment, standing } from '../../history/segment.ts'
import { ceilTo, DAY_MS, floorTo, HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import { changeOf } from '../../history/trend.ts'
import { rolledUp, START, soldOut, stood } from './segments.ts'

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

t.test('days are made of whole buckets, so that these begin with the days', async (t) => {
  for (const ms of Object.values(INTERVALS)) t.equal(DAY_MS % ms, 0)
})

t.test('a price that stands makes a segment of all the time', async (t) => {
  t.strictSame(standing(1000, 3000, 50, 4), {
    ...{ from: 1000, until: 3000, open: 50, close: 50, low: 50, high: 50 },
    ...{ onSaleMs: 2000, excess: 0, stockLow: 4, stockHigh: 4, itemsInStock: 4 },
  })
})

t.test('a time not on sale makes a segment without figures', async (t) => {
  t.strictSame(standing(1000, 3000, null, null), {
    ...{ from: 1000, until: 3000, open: null, close: null, low: null, high: null },
    ...{ onSaleMs: 0, excess: 0, stockLow: null, stockHigh: null, itemsInStock: null },
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
