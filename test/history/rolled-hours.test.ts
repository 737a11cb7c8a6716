import t from 'tap'
import { HourSummary, type PriceHour, type Standing } from '../../history/hours.ts'
import {
  hourBefore,
  type RolledHours,
  rolledEnds,
  rolledSegments,
} from '../../history/rolled-hours.ts'
import { HOUR_MS } from '../../history/time.ts'

const h = (hours: number) => hours * HOUR_MS

const standing = (price: number | null): Standing | null =>
  price === null ? null : { price, itemsInStock: 3, lowestPrior: null }

/** An hour in the middle of which the price changed; null: not on sale. */
function hour(at: number, before: number | null, after: number | null): PriceHour {
  const summary = new HourSummary(at, standing(before))
  summary.change(h(at + 0.5), standing(after))
  return summary.end()
}

/** The rolled-up hours of a series that was first seen in the first of them. */
function rolledUp(...hours: PriceHour[]): RolledHours {
  return {
    firstSeenAt: h(hours[0]?.hour ?? 0),
    between: (from, to) => hours.filter(({ hour }) => h(hour) >= from && h(hour) <= to),
    forwards: () => [hours],
    backwards: () => [hours],
  }
}

const HOURS = rolledUp(hour(2, 10, 12), hour(5, 12, null), hour(8, null, 7))

const SEGMENTS = [
  [3, 5, 12, 12],
  [5, 6, 12, 12],
  [6, 8, null, null],
  [8, 9, 7, 7],
  [9, 10, 7, 7],
]
t.test('segments fill a part, and a price stands until the next hour with a change', async (t) => {
  const part = { from: h(3), until: h(10), last: h(10) - 1, rolled: true }
  const found = rolledSegments(HOURS, part)
  t.strictSame(
    found.map(({ from, until, open, close }) => [from / HOUR_MS, until / HOUR_MS, open, close]),
    SEGMENTS,
  )
})

const BEFORE: [at: number, hour: number | undefined][] = [
  [2, undefined],
  [2.5, 2],
  [8, 5],
  [99, 8],
]
for (const [at, expected] of BEFORE) {
  t.test(`the hour with a change before hour ${at} is ${expected}`, async (t) => {
    t.equal(hourBefore(HOURS, h(at))?.hour, expected)
  })
}

const ENDS: [from: number, to: number, ends: [first: number, last: number] | undefined][] = [
  [2, 10, [10, 7]],
  [3, 4, [12, 12]],
  [5, 5.5, [12, 12]],
  [6, 7, undefined],
  [6, 8.5, [7, 7]],
]
for (const [from, to, ends] of ENDS) {
  t.test(`the first and last price from hour ${from} to ${to} are ${ends}`, async (t) => {
    const found = rolledEnds(HOURS, { from: h(from), last: h(to) })
    t.strictSame(found && [found.first, found.last], ends)
  })
}
