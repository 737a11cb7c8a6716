import t from 'tap'
import { coverageOf, type Gap, gapsOf, type Span, visible } from '../../history/coverage.ts'

/** Times from the one to the other, each written as `0-40`. */
const pairsOf = (text: string) =>
  Array.from(
    text.matchAll(/(\d+)-(\d+)/g),
    ([, begin, end]) => [Number(begin), Number(end)] as const,
  )
const spansIn = (text: string) => pairsOf(text).map(([since, until]): Span => ({ since, until }))
const gapsIn = (text: string) => pairsOf(text).map(([from, to]): Gap => ({ from, to }))

/** Windows with spans, the share of the window that lies in them, and what they leave of it. */
const windows: [
  what: string,
  from: number,
  to: number,
  spans: string,
  coverage: number,
  gaps: string,
][] = [
  ['no polls', 0, 100, '', 0, '0-100'],
  ['good polls all the time', 0, 100, '0-100', 1, ''],
  ['good polls from the middle on', 0, 100, '25-100', 0.75, '0-25'],
  ['good polls up to the middle', 0, 100, '0-25', 0.25, '25-100'],
  ['a gap in the middle', 0, 100, '0-40 60-100', 0.8, '40-60'],
  ['gaps at both ends', 0, 100, '40-50', 0.1, '0-40 50-100'],
  ['spans that overlap', 0, 100, '0-50 40-60', 0.6, '60-100'],
  ['a span within another one', 0, 100, '0-50 10-20 40-60', 0.6, '60-100'],
  ['spans that begin together', 0, 100, '10-20 10-30 10-15', 0.2, '0-10 30-100'],
  ['spans that touch', 0, 100, '0-50 50-100', 1, ''],
  ['one good poll alone', 0, 100, '50-50', 0, '0-50 50-100'],
  ['one good poll at each end', 0, 100, '0-0 100-100', 0, '0-100'],
  ['good polls since before and beyond', 10, 20, '0-100', 1, ''],
  ['a span that ended before', 50, 100, '0-40', 0, '50-100'],
  ['a span that ended as it begins', 50, 100, '0-50', 0, '50-100'],
  ['a span that begins as it ends', 50, 100, '100-120', 0, '50-100'],
  ['a span that begins after it', 50, 100, '110-120', 0, '50-100'],
  ['spans before, in and after it', 50, 100, '0-40 60-70 110-120', 0.2, '50-60 70-100'],
  ['spans that reach in at both ends', 50, 100, '0-60 90-120', 0.4, '60-90'],
  ['a beginning in the future', 200, 300, '0-100', 0, '200-300'],
  ['no length, within a span', 50, 50, '0-100', 1, ''],
  ['no length, where a span begins', 50, 50, '50-100', 1, ''],
  ['no length, where a span ends', 50, 50, '0-50', 1, ''],
  ['no length, at a single poll', 50, 50, '50-50', 1, ''],
  ['no length, in a gap', 50, 50, '0-49 51-100', 0, ''],
  ['no length and no polls', 50, 50, '', 0, ''],
]
for (const [what, from, to, spans, coverage, gaps] of windows) {
  t.test(`a window with ${what} is covered to ${coverage}, and the rest is gaps`, async (t) => {
    t.equal(coverageOf(spansIn(spans), from, to), coverage)
    t.strictSame(gapsOf(spansIn(spans), from, to), gapsIn(gaps))
  })
}

const charts: [from: number, to: number, gaps: string, shown: string][] = [
  [0, 5000, '10-15', '10-15'],
  [0, 5000, '10-14', ''],
  [100, 5101, '110-115 120-126', '120-126'],
  [7, 8, '7-8', '7-8'],
]
for (const [from, to, gaps, shown] of charts) {
  t.test(`of the gaps ${gaps} a chart of ${from}-${to} shows ${shown || 'none'}`, async (t) => {
    t.strictSame(visible(gapsIn(gaps), from, to), gapsIn(shown))
  })
}

for (const [every, count] of [
  [9, 0],
  [10, 1000],
  [11, 909],
  [20, 500],
] as const) {
  t.test(`single polls at every ${every} ms of 10,000 leave ${count} visible gaps`, async (t) => {
    const polls = Array.from({ length: Math.ceil(10_000 / every) }, (_, index) => index * every)
    const gaps = gapsOf(
      polls.map((at) => ({ since: at, until: at })),
      0,
      10_000,
    )
    t.equal(visible(gaps, 0, 10_000).length, count)
  })
}
