import t from 'tap'
import { clipped, type Segment, standing } from '../../history/segment.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import {
  bucketsOf,
  figuresOf,
  MAX_POINTS,
  pointsOf,
  TooManyPoints,
  upToMaxPoints,
} from '../../history/trend.ts'
import { goneAtOnce, type Price, rolledUp, START, soldOut, stood } from './segments.ts'

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

const same = <T>(item: T) => item

t.test('10,000 points are returned, in order', async (t) => {
  const segments = Array.from({ length: MAX_POINTS }, (_, hour) => stood(hour, hour + 1, hour))
  const found = upToMaxPoints(pointsOf(segments), same)
  t.equal(found.length, 10_000)
  t.equal(found.at(-1)?.at, START + 9999 * HOUR_MS)
})

t.test('more than 10,000 points are too many', async (t) => {
  const segments = Array.from({ length: MAX_POINTS + 1 }, (_, hour) => stood(hour, hour + 1, hour))
  t.throws(() => upToMaxPoints(pointsOf(segments), same), new TooManyPoints())
})

t.test('what does not change does not count as a point', async (t) => {
  const segments = Array.from({ length: MAX_POINTS + 1 }, (_, hour) => stood(hour, hour + 1, 5))
  t.equal(upToMaxPoints(pointsOf(segments), same).length, 1)
})

t.test('more than 10,000 buckets are too many', async (t) => {
  const minutes = (count: number) => standing(START, START + count * MINUTE_MS, 100, 1)
  t.equal(upToMaxPoints(bucketsOf([minutes(10_000)], MINUTE_MS), same).length, 10_000)
  t.throws(() => upToMaxPoints(bucketsOf([minutes(10_001)], MINUTE_MS), same), {
    code: 'TOO_MANY_POINTS',
    message: /10000 points; ask for a shorter window or a longer interval/,
  })
})

t.test('too many points are refused at once', async (t) => {
  let taken = 0
  function* endless() {
    for (;;) yield ++taken
  }
  t.throws(() => upToMaxPoints(endless(), same), new TooManyPoints())
  t.equal(taken, MAX_POINTS + 1)
})

/** The mean of prices weighted by their times in ms, to two decimals, with integers of any size. */
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
