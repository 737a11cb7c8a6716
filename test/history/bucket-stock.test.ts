import t from 'tap'
import type { Segment } from '../../history/segment.ts'
import { HOUR_MS } from '../../history/time.ts'
import { bucketsOf } from '../../history/trend.ts'
import { goneAtOnce, rolledUp, soldOut, stood } from './segments.ts'

/** An hour that an earlier version rolled up. */
const withoutStock = (hour: number): Segment => ({
  ...rolledUp(hour),
  ...{ stockLow: null, stockHigh: null },
})

type Range = [low: number | null, high: number | null]
const UNKNOWN: Range = [null, null]

const stocks: [what: string, hours: number, segments: Segment[], expected: Range[]][] = [
  [
    'a stock that stands',
    1,
    [stood(0, 2, 100, 4)],
    [
      [4, 4],
      [4, 4],
    ],
  ],
  [
    'a stock that changes',
    6,
    [stood(0, 2, 100, 4), stood(2, 3, 100, 9), stood(3, 6, 90, 0)],
    [[0, 9]],
  ],
  ['a time not on sale', 1, [stood(0, 1, null), stood(1, 2, 5, 3)], [UNKNOWN, [3, 3]]],
  ['a gap on sale', 6, [stood(0, 1, 5, 3), stood(1, 2, null), stood(2, 6, 5, 2)], [[2, 3]]],
  [
    'a change at the end of a window',
    1,
    [stood(0, 1, 5, 3), stood(1, 1, 5, 8)],
    [
      [3, 3],
      [8, 8],
    ],
  ],
  ['hours rolled up', 1, [rolledUp(0), soldOut(1), goneAtOnce(2)], [[5, 9], [1, 3], UNKNOWN]],
  [
    'hours rolled up, in a longer bucket',
    6,
    [rolledUp(0), soldOut(1), stood(2, 6, null)],
    [[1, 9]],
  ],
  [
    'an hour rolled up, in shorter buckets',
    0.5,
    [rolledUp(0)],
    [
      [5, 9],
      [7, 7],
    ],
  ],
  ['an hour without its stock', 1, [withoutStock(0), stood(1, 2, 120, 7)], [UNKNOWN, [7, 7]]],
  [
    'a longer bucket with such an hour',
    6,
    [stood(0, 1, 9), withoutStock(1), stood(2, 6, 120, 7)],
    [UNKNOWN],
  ],
  ['a longer bucket that begins with one', 6, [withoutStock(0), stood(1, 6, 120, 7)], [UNKNOWN]],
  ['a longer bucket that ends with one', 6, [stood(0, 5, null), withoutStock(5)], [UNKNOWN]],
]
for (const [what, hours, segments, expected] of stocks) {
  t.test(`the stock in buckets: ${what}`, async (t) => {
    const found = [...bucketsOf(segments, hours * HOUR_MS)]
    t.strictSame(
      found.map(({ itemsInStock: { low, high } }) => [low, high]),
      expected,
    )
  })
}
