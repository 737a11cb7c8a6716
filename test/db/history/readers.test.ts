import t from 'tap'
import { historyReader } from '../../../db/encoding/history-reader.ts'
import { Undecodable } from '../../../db/errors.ts'
import { coverageReader } from '../../../db/history/coverage.ts'
import { exportReader } from '../../../db/history/export.ts'
import { pastOffersReader } from '../../../db/history/past-offers.ts'
import { windowReader } from '../../../db/history/window-history.ts'
import { HOUR_MS } from '../../../history/time.ts'
import { sourceOf } from './source.ts'

const KEY = 1
const START = Date.UTC(2026, 0, 2)
const hour = (n: number) => START + n * HOUR_MS
const NOW = hour(9)

const offers = [
  { number: 1, id: 'a', firstSeenAt: hour(0) },
  { number: 2, id: 'b', firstSeenAt: hour(2) },
]

/** `a` falls from 10 to 8 and is gone; `b` comes in between. Polls stop at 5 and go on at 7. */
const source = sourceOf({
  polls: [
    [hour(0), { 1: 10 }],
    [hour(2), { 1: 10, 2: 20 }],
    [hour(4), { 1: 8, 2: 20 }],
    [hour(7), { 2: 20 }],
  ],
  offers,
  runs: [
    { since: hour(7), until: hour(12) },
    { since: hour(0), until: hour(5) },
  ],
})
const reader = historyReader(source)
const coverage = coverageReader(source)
const windows = windowReader(source, reader, coverage)

t.test('runs of polls are in order, and none goes beyond the present', async (t) => {
  t.strictSame(coverage.runs(KEY, hour(0), hour(20), NOW), [
    { since: hour(0), until: hour(5) },
    { since: hour(7), until: NOW },
  ])
})

t.test('past offers are as a poll left them, cheapest first', async (t) => {
  const { items, checkedAt } = pastOffersReader(source, reader)(KEY, hour(4), NOW)
  t.match(items, [
    { id: 'a', price: 8, first_seen_at: '2026-01-02T00:00:00.000Z' },
    { id: 'b', price: 20, first_seen_at: '2026-01-02T02:00:00.000Z' },
  ])
  t.equal(checkedAt, hour(4))
})

t.test('a past offer that is not stored any more is named', async (t) => {
  const lost = { ...source, offer: () => undefined }
  t.throws(
    () => pastOffersReader(lost, reader)(KEY, hour(4), NOW),
    new Undecodable('The database lacks offer 1 of the product with the key 1'),
  )
})

t.test('the history of a product has the lowest price and the ends of each offer', async (t) => {
  const window = { from: hour(1), to: hour(5), byHour: false }
  const { segments, offers } = windows.product(KEY, window, NOW)
  t.strictSame(
    segments.map(({ from, low }) => [from, low]),
    [
      [hour(1), 10],
      [hour(4), 8],
    ],
  )
  t.strictSame(offers, [
    { id: 'a', first: 10, last: 8 },
    { id: 'b', first: 20, last: 20 },
  ])
})

t.test('an offer without a price in the window is left out of the history', async (t) => {
  const window = { from: hour(7), to: hour(8), byHour: false }
  t.strictSame(
    windows.product(KEY, window, NOW).offers.map(({ id }) => id),
    ['b'],
  )
})

t.test('the history of an offer begins when it was first seen', async (t) => {
  const window = { from: hour(0), to: hour(5), byHour: false }
  const history = windows.offer(KEY, 'b', window, NOW)
  t.match(history?.segments, [{ from: hour(2), low: 20 }])
  t.equal(windows.offer(KEY, 'never seen', window, NOW), undefined)
})

t.test('a product that was never polled has no history', async (t) => {
  const nothing = sourceOf({ polls: [], offers: [] })
  const none = historyReader(nothing)
  const window = { from: hour(0), to: hour(5), byHour: false }
  const history = windowReader(nothing, none, coverageReader(nothing)).product(KEY, window, NOW)
  t.match(history, { segments: [], covered: [], offers: [], rawFrom: 0 })
  t.strictSame(pastOffersReader(nothing, none)(KEY, hour(1), NOW).items, [])
})

const exported = (from: number, to: number) =>
  [...exportReader(reader, coverage)({ key: KEY, id: 'p' }, from, to, NOW)].map(
    ({ event, at, offer_id, price, until }) => [
      event,
      (Date.parse(at) - START) / HOUR_MS,
      offer_id ?? (Date.parse(String(until)) - START) / HOUR_MS,
      price,
    ],
  )

t.test('an export has the gaps, what was in force, and each change after that', async (t) => {
  t.strictSame(exported(hour(1), hour(8)), [
    ['gap', 5, 7, null],
    ['in_force', 1, 'a', 10],
    ['listed', 2, 'b', 20],
    ['changed', 4, 'a', 8],
    ['delisted', 7, 'a', null],
  ])
})

t.test('a change at the moment at which an export begins is in force', async (t) => {
  t.strictSame(exported(hour(4), hour(5)), [
    ['in_force', 4, 'a', 8],
    ['in_force', 4, 'b', 20],
  ])
})

t.test('an export of a long time without changes reads the polls once', async (t) => {
  let reads = 0
  const counting = {
    ...source,
    chunks(key: number, from: number, to: number) {
      reads += 1
      return source.chunks(key, from, to)
    },
  }
  const records = exportReader(historyReader(counting), coverage)
  const inForce = [...records({ key: KEY, id: 'p' }, hour(7), hour(9_000), hour(9_000))]
  t.match(inForce, [{ event: 'in_force', offer_id: 'b' }, { event: 'gap' }].toReversed())
  t.equal(reads, 2, 'for what was in force, and for what changed')
})
