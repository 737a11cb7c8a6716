import t from 'tap'
import { encodeOpening, encodePoll } from '../../../db/encoding/chunk.ts'
import type { ChunkRow } from '../../../db/encoding/chunk-cursor.ts'
import {
  type DayRow,
  type HistoryReader,
  type HistoryRows,
  historyReader,
  type SeenOffer,
} from '../../../db/encoding/history-reader.ts'
import { mergeDays } from '../../../db/encoding/hours.ts'
import type { OfferState } from '../../../history/offer-state.ts'
import type { Ends } from '../../../history/rolled-hours.ts'
import { hoursOf } from '../../../history/rollup.ts'
import { ceilTo, DAY_MS, HOUR_MS, MINUTE_MS } from '../../../history/time.ts'
import { bucketsOf, figuresOf } from '../../../history/trend.ts'
import type { ReadWindow } from '../../../history/window-parts.ts'
import { randomOf } from '../../random.ts'
import { change, offer, START } from './offers.ts'

const OFFERS = 4
const END = START + 2 * DAY_MS

/** A poll, and the offers that it found on sale, by number. */
interface Poll {
  at: number
  onSale: Map<number, OfferState>
}

/** Some two hundred polls over two days. Many offers change in each, and some of them fall on a full hour. */
function randomPolls(random: (below: number) => number): Poll[] {
  const happens = (percent: number) => random(100) < percent
  const polls: Poll[] = []
  let onSale = new Map<number, OfferState>()
  let at = START
  while (at < END) {
    const next = new Map<number, OfferState>()
    for (let number = 1; number <= OFFERS; number++) {
      const known = onSale.get(number)
      if (polls.length > 0 && happens(known ? 10 : 70)) continue
      const changed = offer(number, 100 + random(20), random(3), at)
      next.set(number, known && happens(60) ? known : changed)
    }
    onSale = next
    polls.push({ at, onSale })
    at += 1 + random(25 * MINUTE_MS)
    if (happens(10)) at = ceilTo(at, HOUR_MS)
    if (happens(5)) at += random(5 * HOUR_MS)
  }
  return polls
}

/** The rows of a history in chunks of a few polls, rolled up until `rolledUntil`. */
function rowsOf(polls: Poll[], rolledUntil: number): HistoryRows {
  const chunks: ChunkRow[] = []
  const days = new Map<number, DayRow[]>()
  let before: Poll = { at: START, onSale: new Map() }
  for (const [index, poll] of polls.entries()) {
    const changes = Array.from({ length: OFFERS }, (_, n) => n + 1).flatMap((number) => {
      const [was, is] = [before.onSale.get(number) ?? null, poll.onSale.get(number) ?? null]
      return was === is ? [] : [change(was, is)]
    })
    const last = chunks.at(-1)
    if (!last || index % 10 === 0) {
      const opening = encodeOpening([...before.onSale.values()], poll.at)
      chunks.push([poll.at, Buffer.concat([opening, encodePoll(0, changes)])])
    } else last[1] = Buffer.concat([last[1], encodePoll(poll.at - before.at, changes)])
    before = poll
  }
  const daysOf = (series: number) => days.get(series) ?? []
  const rows: HistoryRows = {
    extent: () => ({ firstSeenAt: START, rolledUntil, firstPoll: START }),
    chunks(_key, from, to) {
      const begin = chunks.findLast(([since]) => since <= from)?.[0] ?? from
      return chunks.filter(([since], index) => (index === 0 || since <= to) && since >= begin)
    },
    chunkAfter: () => undefined,
    offersBetween: () => [],
    days: (_key, series, from, to) => daysOf(series).filter(([day]) => day >= from && day <= to),
    dayFrom: (_key, series, from) => daysOf(series).find(([day]) => day >= from),
    dayUpTo: (_key, series, to) => daysOf(series).findLast(([day]) => day <= to),
  }
  const hours = hoursOf(historyReader(rows).cursor(1, START - 1, rolledUntil - 1))
  for (const [series, its] of hours)
    days.set(
      series,
      mergeDays(its, 0, () => undefined),
    )
  return rows
}

/** The first and the last price of the offers on sale in a window, straight from the polls. */
function endsOf(polls: Poll[], from: number, to: number): Map<number, Ends> {
  const ends = new Map<number, Ends>()
  const begin = polls.findLastIndex(({ at }) => at <= from)
  for (const { at, onSale } of polls.slice(begin)) {
    if (at > to) break
    for (const [number, { price }] of onSale) {
      ends.set(number, { first: ends.get(number)?.first ?? price, last: price })
    }
  }
  return new Map([...ends].sort(([a], [b]) => a - b))
}

/** The offers, each with the time of the first poll that found it. */
const seenIn = (polls: Poll[]) =>
  polls.flatMap(({ at, onSale }, index) =>
    [...onSale.keys()]
      .filter((number) => !polls.slice(0, index).some((poll) => poll.onSale.has(number)))
      .map((number) => ({ number, id: String(number), firstSeenAt: at })),
  )

/** The buckets, the figures and the ends of a trend, as text. */
function trendOf(reader: HistoryReader, offers: SeenOffer[], window: ReadWindow): string {
  const { segments, ends } = reader.lowest(1, offers, window)
  const buckets = [HOUR_MS, 6 * HOUR_MS].map((ms) => [...bucketsOf(segments, ms)])
  const sorted = [...ends].sort(([a], [b]) => a - b)
  return JSON.stringify({ buckets, figures: figuresOf(segments), ends: sorted })
}

for (let seed = 1; seed <= 30; seed++) {
  t.test(`hours that are rolled up give the same trends by hours: history ${seed}`, async (t) => {
    const random = randomOf(seed)
    const polls = randomPolls(random)
    const offers = seenIn(polls)
    const raw = historyReader(rowsOf(polls, 0))
    const rolled = historyReader(rowsOf(polls, START + random(48) * HOUR_MS))
    for (let n = 0; n < 20; n++) {
      const unit = n % 2 === 0 ? HOUR_MS : MINUTE_MS
      const from = START + random((40 * HOUR_MS) / unit) * unit
      const to = from + (1 + random((20 * HOUR_MS) / unit)) * unit
      const window = { from, to, byHour: true, last: to }
      t.equal(trendOf(rolled, offers, window), trendOf(raw, offers, window), `${from} to ${to}`)
      const { ends } = rolled.lowest(1, offers, window)
      t.strictSame(new Map([...ends].sort(([a], [b]) => a - b)), endsOf(polls, from, to))
    }
  })
}
