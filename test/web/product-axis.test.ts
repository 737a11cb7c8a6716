import t from 'tap'
import { priceRange, timeLabels } from '../../web/product/axis.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** In local time, as the labels are. */
const START = new Date(2026, 10, 29, 22).getTime()

/** The labels of this many moments of one length; those that include the day or the year are marked. */
function marks(count: number, stepMs: number): string {
  const moments = Array.from({ length: count }, (_, index) => START + index * stepMs)
  const labels = timeLabels(moments, stepMs)
  t.equal(new Set(labels).size, count, 'each is another one')
  return labels.map((label) => (label.includes('\n') ? '+' : '-')).join('')
}

const axes: [what: string, stepMs: number, marks: string][] = [
  ['seconds', 15_000, '+---'],
  ['minutes', 5 * MINUTE_MS, '+---'],
  ['hours, over midnight', HOUR_MS, '+-+-'],
  ['days', 7 * DAY_MS, '+---'],
  ['days, over new year', 14 * DAY_MS, '+--+'],
  ['months, over new year', 30.4 * DAY_MS, '+-+-'],
  ['years', 366 * DAY_MS, '----'],
]
for (const [what, stepMs, expected] of axes) {
  t.test(`an axis of ${what} tells what its labels have in common once`, async (t) => {
    t.equal(marks(4, stepMs), expected)
  })
}

const ranges: [what: string, low: number | null, high: number | null, range: [number, number]][] = [
  ['prices', 1000, 2000, [920, 2080]],
  ['one price', 1000, 1000, [990, 1010]],
  ['prices close to each other', 1000, 1001, [989.99, 1011.01]],
  ['prices close to nothing', 0, 100, [0, 108]],
  ['the price of nothing', 0, 0, [0, 1]],
  ['no prices', null, null, [0, 100]],
]
for (const [what, low, high, range] of ranges) {
  t.test(`an axis of ${what} goes from ${range.join(' to ')}`, async (t) => {
    t.strictSame(priceRange(low, high), range)
  })
}
