import t from 'tap'
import type { Span } from '../../history/coverage.ts'
import { type Segment, segmentsFrom, standing } from '../../history/segment.ts'
import {
  LONGEST_MS,
  outOfStockShare,
  perWindow,
  STATS_WINDOWS,
  windowFigures,
} from '../../history/statistics.ts'
import { HOUR_MS } from '../../history/time.ts'

const span = (since: number, until: number): Span => ({ since, until })
const onSale = (from: number, until: number) => standing(from, until, 5, 1)
const gone = (from: number, until: number) => standing(from, until, null, null)

const shares: [what: string, segments: Segment[], spans: Span[], share: number | null][] = [
  ['in stock all the time', [onSale(0, 100)], [span(0, 100)], 0],
  ['never in stock', [gone(0, 100)], [span(0, 100)], 1],
  ['without any offer yet', [], [span(0, 100)], 1],
  ['with an offer later on', [onSale(75, 100)], [span(0, 100)], 0.75],
  ['never observed', [onSale(0, 100)], [], null],
  ['observed at one moment', [onSale(0, 100)], [span(50, 50)], null],
  ['observed in part', [onSale(0, 50), gone(50, 100)], [span(40, 80)], 0.75],
  [
    'observed in several parts',
    [onSale(0, 30), gone(30, 60), onSale(60, 100)],
    [span(10, 20), span(20, 40), span(50, 70)],
    0.4,
  ],
  [
    'with several prices in one part',
    [onSale(0, 50), onSale(50, 60), gone(60, 100)],
    [span(0, 100)],
    0.4,
  ],
  ['observed before and after the window', [onSale(0, 100)], [span(-50, 20), span(90, 300)], 0],
  ['changed at its end', [gone(0, 100), onSale(100, 100)], [span(0, 100)], 1],
  ['observed twice, since the clock was put back', [gone(0, 100)], [span(0, 60), span(20, 40)], 1],
]
for (const [what, segments, spans, share] of shares) {
  t.test(`the share out of stock of a price ${what}`, async (t) => {
    t.equal(outOfStockShare(segments, spans, 0, 100), share)
  })
}

t.test('the sales of an hour of which a summary is left are spread over it', async (t) => {
  const hour = { ...onSale(0, HOUR_MS), onSaleMs: HOUR_MS / 4 }
  t.equal(outOfStockShare([hour], [span(0, HOUR_MS)], 0, HOUR_MS), 0.75)
  t.equal(outOfStockShare([hour], [span(0, HOUR_MS / 3)], 0, HOUR_MS), 0.75)
})

t.test('the figures of a window are those of its segments and of its polls', async (t) => {
  const segments = [gone(0, 20), standing(20, 60, 8, 1), standing(60, 100, 10, 1)]
  t.strictSame(windowFigures(segments, [span(0, 80)], 0, 100), {
    ...{ low: 8, high: 10, mean: 9, first: 8, changePercent: 25 },
    ...{ outOfStock: 0.25, coverage: 0.8 },
  })
  t.strictSame(windowFigures([], [], 0, 100), {
    ...{ low: null, high: null, mean: null, first: null, changePercent: null },
    ...{ outOfStock: null, coverage: 0 },
  })
})

t.test('the segments from a full hour on are those that end after it', async (t) => {
  const hours = [onSale(0, HOUR_MS), gone(HOUR_MS, 3 * HOUR_MS), onSale(3 * HOUR_MS, 3 * HOUR_MS)]
  t.strictSame(segmentsFrom(hours, HOUR_MS), hours.slice(1))
  t.strictSame(segmentsFrom(hours, 2 * HOUR_MS), [gone(2 * HOUR_MS, 3 * HOUR_MS), hours[2]])
})

t.test('each window is made from its name and its length', async (t) => {
  t.strictSame(
    perWindow((name, ms) => [name, ms]),
    Object.fromEntries(Object.entries(STATS_WINDOWS).map(([name, ms]) => [name, [name, ms]])),
  )
  t.equal(Math.max(...Object.values(STATS_WINDOWS)), LONGEST_MS)
})
