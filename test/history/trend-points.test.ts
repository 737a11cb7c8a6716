import t from 'tap'
import { INTERVALS } from '../../history/interval.ts'
import { clipped, type Segment, standing } from '../../history/segment.ts'
import { DAY_MS, HOUR_MS } from '../../history/time.ts'
import { bucketsOf, pointsOf } from '../../history/trend.ts'
import { goneAtOnce, type Price, rolledUp, START, soldOut, stood } from './segments.ts'

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
      found.map(({ itemsInStock: _, ...prices }) => prices),
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
