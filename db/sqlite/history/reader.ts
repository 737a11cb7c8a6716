import type { Database } from 'better-sqlite3'
import type { PriceHour, Standing } from '../../../history/hours.ts'
import { clipped, type Stretch, standing } from '../../../history/stretch.ts'
import { ceilTo, DAY_MS, floorTo, HOUR_MS } from '../../../history/time.ts'
import type { HistoryWindow } from '../../store.ts'
import { decodeHours } from './hours.ts'
import { LOWEST, lowestOf } from './lowest.ts'
import { type ChunkRow, Moments } from './moments.ts'
import type { OfferState, PolledOffer } from './polls.ts'

/** A product whose history is read. */
export interface HistoryOf {
  key: number
  /** Up to when its rollups tell its history; 0 where it has none. */
  rolledUntil: number
}

/** An offer that was on sale at some time. */
export interface SeenOffer {
  number: number
  id: string
  firstSeenAt: number
}

/** The first and the last price in a window. */
export interface Ends {
  first: number
  last: number
}

/** A part of a window that is read from polls, or from rollups. */
interface Part {
  from: number
  /** Where the next part begins, or the window ends. */
  until: number
  /** The last moment that belongs to it. */
  last: number
  rolled: boolean
}

/** A price with its stock. */
type Stock = Pick<Standing, 'price' | 'itemsInStock'>

function standingOf(series: number, onSale: readonly PolledOffer[]): Stock | null {
  if (series === LOWEST) return lowestOf(onSale)
  const offer = onSale.find(({ number }) => number === series)
  return offer ? { price: offer.price, itemsInStock: offer.itemsInStock } : null
}

function stretchOf(hour: PriceHour): Stretch {
  const from = hour.hour * HOUR_MS
  const { open, close, low, high, onSaleMs, area, end } = hour
  const until = from + HOUR_MS
  const itemsInStock = end?.itemsInStock ?? null
  return { from, until, open, close, low, high, onSaleMs, area, itemsInStock }
}

function standingStretch(from: number, until: number, now: Stock | null): Stretch {
  return standing(from, until, now?.price ?? null, now?.itemsInStock ?? null)
}

/**
 * The stretches of all parts of a window. What stands at its end is no stretch of its own unless it begins
 * there.
 */
function joined(parts: Stretch[][]): Stretch[] {
  const stretches = ([] as Stretch[]).concat(...parts) // Much faster than flat().
  const [before, last] = stretches.slice(-2)
  if (!before || !last || last.until > last.from || before.until < last.from) return stretches
  const same = before.close === last.close && before.itemsInStock === last.itemsInStock
  return same ? stretches.slice(0, -1) : stretches
}

/**
 * Reads the history of prices. Plain SQL, because both threads read it, and drizzle is not loaded into
 * the writer's.
 */
export function historyReader(db: Database) {
  const selectChunks = db.prepare<{ key: number; from: number; to: number }, ChunkRow>(
    `SELECT since, polls FROM history WHERE product_key = @key AND since <= @to AND since >= coalesce(
       (SELECT max(since) FROM history WHERE product_key = @key AND since <= @from), @from)
     ORDER BY since`,
  )
  selectChunks.raw()
  const selectFirstChunk = db
    .prepare<[number], number | null>('SELECT min(since) FROM history WHERE product_key = ?')
    .pluck()
  const selectOffers = db.prepare<[number, number, number], SeenOffer>(
    `SELECT number, id, first_seen_at AS firstSeenAt FROM offers
     WHERE product_key = ? AND first_seen_at <= ? AND (delisted_at IS NULL OR delisted_at > ?)
     ORDER BY number`,
  )
  type DayRow = [day: number, hours: Buffer]
  const selectDays = db.prepare<[number, number, number, number], DayRow>(
    `SELECT day, hours FROM rollups
     WHERE product_key = ? AND series = ? AND day BETWEEN ? AND ? ORDER BY day`,
  )
  selectDays.raw()
  const selectDayBefore = db.prepare<[number, number, number], DayRow>(
    `SELECT day, hours FROM rollups
     WHERE product_key = ? AND series = ? AND day < ? ORDER BY day DESC LIMIT 1`,
  )
  selectDayBefore.raw()
  const selectDayAfter = db.prepare<[number, number, number], DayRow>(
    `SELECT day, hours FROM rollups
     WHERE product_key = ? AND series = ? AND day > ? ORDER BY day LIMIT 1`,
  )
  selectDayAfter.raw()

  /** The moments of a window: how it stood at `from`, and after each poll behind that up to `to`. */
  const moments = (key: number, from: number, to: number) =>
    new Moments(selectChunks.all({ key, from, to }), from, to)

  /** `note` is told of the offers on sale at both ends, and between them of those that come and go. */
  function stretchesOfPolls(
    key: number,
    series: number,
    { from, until, last }: Part,
    note: (offer: PolledOffer) => void = () => {},
  ): Stretch[] {
    const stretches: Stretch[] = []
    let since = from
    let now: Stock | null = null as Stock | null
    const moment = moments(key, from, last)
    while (moment.next()) {
      const { at, onSale, changed } = moment
      if (at === from) for (const offer of onSale) note(offer)
      for (const offer of changed) if (offer.event !== 'changed') note(offer)
      if (series !== LOWEST && at > from && !changed.some(({ number }) => number === series)) {
        continue
      }
      const next = standingOf(series, onSale)
      if (next?.price === now?.price && next?.itemsInStock === now?.itemsInStock) continue
      if (at > from) stretches.push(standingStretch(since, at, now))
      since = at
      now = next
    }
    stretches.push(standingStretch(since, until, now))
    for (const offer of moment.onSale) note(offer)
    return stretches
  }

  /** The hours of a day and, before them, those of the day before with any. */
  const hoursOf = ([day, hours]: DayRow) => decodeHours(day, hours)

  function* hoursFrom(key: number, series: number, from: number, to: number) {
    const day = Math.floor(from / DAY_MS)
    const before = selectDayBefore.get(key, series, day)
    if (before) yield* hoursOf(before)
    const lastDay = Math.floor(to / DAY_MS)
    for (const row of selectDays.all(key, series, day, lastDay)) yield* hoursOf(row)
  }

  function stretchesOfHours(key: number, series: number, { from, until, last }: Part) {
    const stretches: Stretch[] = []
    let now: Standing | null = null
    let reached = from
    for (const hour of hoursFrom(key, series, from, last)) {
      const stretch = stretchOf(hour)
      if (stretch.from > last) break
      if (stretch.until > from) {
        if (stretch.from > reached) stretches.push(standingStretch(reached, stretch.from, now))
        const end = Math.min(stretch.until, until)
        stretches.push(clipped(stretch, Math.max(stretch.from, from), end))
        reached = end
      }
      now = hour.end
    }
    if (reached < until || from === until) stretches.push(standingStretch(reached, until, now))
    return stretches
  }

  /**
   * The parts of a window: what is before the first chunk is known by the hour alone, and what is read
   * by the hour comes from the rollups as far as they reach. A window that ends before it begins has
   * none.
   */
  function partsOf({ key, rolledUntil }: HistoryOf, { from, to, byHour }: HistoryWindow): Part[] {
    if (from > to) return []
    const firstChunk = Number(selectFirstChunk.get(key))
    if (to < firstChunk) return [{ from, until: to, last: to - 1, rolled: true }]
    const begin = from < firstChunk ? from : ceilTo(from, HOUR_MS)
    const rolled = byHour ? Math.min(rolledUntil, floorTo(to, HOUR_MS)) : firstChunk
    const end = Math.max(firstChunk, rolled)
    if (begin >= end) return [{ from, until: to, last: to, rolled: false }]
    const parts: Part[] = [
      { from: begin, until: end, last: end - 1, rolled: true },
      { from: end, until: to, last: to, rolled: false },
    ]
    return begin > from ? [{ from, until: begin, last: begin - 1, rolled: false }, ...parts] : parts
  }

  function rolledEnds(
    key: number,
    number: number,
    { from, last: to }: Pick<Part, 'from' | 'last'>,
  ): Ends | undefined {
    const day = Math.floor(from / DAY_MS)
    let first: number | null = null
    let last: number | null = null
    const rows = [
      selectDayBefore.get(key, number, day),
      selectDays.get(key, number, day, day),
      selectDayAfter.get(key, number, day),
      selectDayBefore.get(key, number, Math.floor(to / DAY_MS) + 1),
    ]
    for (const row of rows) {
      for (const hour of row ? hoursOf(row) : []) {
        const begin = hour.hour * HOUR_MS
        if (begin > to) break
        if (begin < from) {
          first = hour.end?.price ?? null
          last = first
        } else {
          first ??= hour.open
          last = hour.close ?? last
        }
      }
    }
    return first === null || last === null ? undefined : { first, last }
  }

  return {
    moments,

    /** The offers that can have been on sale in a window, as they were first seen. */
    offersBetween: (key: number, from: number, to: number) => selectOffers.all(key, to, from),

    /** When the first poll was of which more is known than the hour; null before the first change. */
    firstPollAt: (key: number): number | null => selectFirstChunk.get(key) ?? null,

    /**
     * The stretches that fill a window of the history of an offer, by its number. Where it was not
     * seen yet it counts as not on sale.
     */
    stretches(product: HistoryOf, number: number, window: HistoryWindow): Stretch[] {
      const parts = partsOf(product, window).map((part) =>
        part.rolled
          ? stretchesOfHours(product.key, number, part)
          : stretchesOfPolls(product.key, number, part),
      )
      return joined(parts)
    },

    /**
     * The same of the lowest price of the product, with the first and the last price of each of these
     * offers that was on sale in the window.
     */
    lowest(product: HistoryOf, numbers: number[], window: HistoryWindow) {
      const ends = new Map<number, Ends>()
      function note(number: number, first: number, last: number): void {
        const known = ends.get(number)
        if (known) known.last = last
        else ends.set(number, { first, last })
      }
      const noteNow = ({ number, price }: PolledOffer) => note(number, price, price)
      const parts = partsOf(product, window).map((part) => {
        if (!part.rolled) return stretchesOfPolls(product.key, LOWEST, part, noteNow)
        for (const number of numbers) {
          const found = rolledEnds(product.key, number, part)
          if (found) note(number, found.first, found.last)
        }
        return stretchesOfHours(product.key, LOWEST, part)
      })
      return { stretches: joined(parts), ends }
    },

    /** The offers on sale at a moment: as they stood then, or as the hour left them that it is in. */
    onSaleAt(key: number, at: number): OfferState[] {
      if (at >= (selectFirstChunk.get(key) ?? at)) {
        const moment = moments(key, at, at)
        return moment.next() ? [...moment.onSale] : []
      }
      return selectOffers.all(key, at, at).flatMap(({ number }): OfferState[] => {
        const hours = [...hoursFrom(key, number, at, at)]
        const hour = hours.findLast(({ hour }) => hour * HOUR_MS < at)
        return hour?.end ? [{ number, ...hour.end, changedAt: hour.hour * HOUR_MS }] : []
      })
    },

    /** The first known lowest price of a product from a moment on; null where there was none. */
    firstLowest(key: number, from: number, to: number): number | null {
      const firstChunk = Number(selectFirstChunk.get(key))
      if (from < firstChunk) {
        const rolled = rolledEnds(key, LOWEST, { from, last: firstChunk - 1 })
        if (rolled) return rolled.first
      }
      for (const moment = moments(key, from, to); moment.next(); ) {
        const lowest = lowestOf(moment.onSale)
        if (lowest) return lowest.price
      }
      return null
    },
  }
}

export type HistoryReader = ReturnType<typeof historyReader>
