import type { PriceHour } from '../../history/hours.ts'
import { lowestOf } from '../../history/lowest.ts'
import type { OfferState, PolledOffer } from '../../history/offer-state.ts'
import { joinedSegments, polledSegments } from '../../history/polled-segments.ts'
import {
  beginOf,
  type Ends,
  hourBefore,
  type RolledHours,
  rolledEnds,
  rolledSegments,
} from '../../history/rolled-hours.ts'
import type { Segment } from '../../history/segment.ts'
import { LOWEST } from '../../history/series.ts'
import { DAY_MS, floorTo, HOUR_MS } from '../../history/time.ts'
import {
  type Extent,
  type ExtentRow,
  extentOf,
  type Part,
  partsOf,
  type ReadWindow,
} from '../../history/window-parts.ts'
import { ChunkCursor, type ChunkRow } from './chunk-cursor.ts'
import { decodeHours } from './hours.ts'

/** An offer that was on sale at some time. */
export interface SeenOffer {
  number: number
  id: string
  firstSeenAt: number
}

/** A series of the rollups: the lowest price of a product, or the price of one of its offers. */
interface Series {
  key: number
  number: number
  /** When it was first observed. */
  firstSeenAt: number
}

/** The rollup of a day. */
export type DayRow = [day: number, hours: Buffer, stocks: Buffer | null]

/** Fetches an engine's rows of the price history by the key of the product. */
export interface HistoryRows {
  /** Undefined before the product's first offer. */
  extent(key: number): ExtentRow | undefined
  /**
   * The chunks that begin between `from` and `to`, in order, preceded by the one that contains `from`. The first
   * chunk of all is included even if it begins later, because its opening has the offers before it.
   */
  chunks(key: number, from: number, to: number): ChunkRow[]
  /** When the `nth` chunk that begins after `at` does; undefined if there are fewer. */
  chunkAfter(key: number, at: number, nth: number): number | undefined
  /** The offers that may have been on sale in a window, in the order first seen, by number. */
  offersBetween(key: number, from: number, to: number): SeenOffer[]
  /** The rollups of a series on these days, in order. */
  days(key: number, series: number, from: number, to: number): DayRow[]
  /** The first rollup of a series on this day or later. */
  dayFrom(key: number, series: number, day: number): DayRow | undefined
  /** The last rollup of a series on this day or earlier. */
  dayUpTo(key: number, series: number, day: number): DayRow | undefined
}

const dayOf = (ms: number) => Math.floor(ms / DAY_MS)

function rolledHours(rows: HistoryRows, { key, number, firstSeenAt }: Series): RolledHours {
  /** The last day that was read. Both ends of a window are often in the same one. */
  let known: { day: number; hours: PriceHour[] } | undefined

  function decoded(row: DayRow | undefined) {
    if (row) known = { day: row[0], hours: decodeHours(...row) }
    return row && known
  }
  const dayFrom = (day: number) =>
    known?.day === day ? known : decoded(rows.dayFrom(key, number, day))
  const dayUpTo = (day: number) =>
    known?.day === day ? known : decoded(rows.dayUpTo(key, number, day))

  return {
    firstSeenAt,

    *between(from, to) {
      for (const row of rows.days(key, number, dayOf(from), dayOf(to))) {
        for (const hour of decodeHours(...row)) {
          if (beginOf(hour) >= from && beginOf(hour) <= to) yield hour
        }
      }
    },

    *forwards(from) {
      for (let found = dayFrom(dayOf(from)); found; found = dayFrom(found.day + 1)) {
        yield found.hours
      }
    },

    *backwards(to) {
      for (let found = dayUpTo(dayOf(to)); found; found = dayUpTo(found.day - 1)) {
        yield found.hours
      }
    },
  }
}

/** Adds the first and the last price of an offer in the time that follows. */
function note(ends: Map<number, Ends>, number: number, { first, last }: Ends): void {
  const known = ends.get(number)
  if (known) known.last = last
  else ends.set(number, { first, last })
}

/** Reads the price history from an engine's rows. */
export function historyReader(rows: HistoryRows) {
  const rolled = (series: Series) => rolledHours(rows, series)

  function extent(key: number): Extent | undefined {
    const row = rows.extent(key)
    return row && extentOf(row)
  }

  /**
   * The offers at `from`, and after each later poll up to `to`; `finish` continues to `last`.
   */
  const cursor = (key: number, from: number, to: number, last = to) =>
    new ChunkCursor(rows.chunks(key, from, last), from, to)

  function segmentsOfPolls(
    key: number,
    series: number,
    part: Part,
    note?: (offer: PolledOffer) => void,
  ): Segment[] {
    const { from, until, last } = part
    const polls = cursor(key, from, Math.min(until, last), last)
    return polledSegments(polls, series, part, note)
  }

  function segmentsOf(series: Series, parts: Part[]): Segment[] {
    return joinedSegments(
      parts.map((part) =>
        part.rolled
          ? rolledSegments(rolled(series), part)
          : segmentsOfPolls(series.key, series.number, part),
      ),
    )
  }

  return {
    cursor,

    /** The offers that may have been on sale in a window, in the order first seen. */
    offersBetween: (key: number, from: number, to: number) => rows.offersBetween(key, from, to),

    extent,

    chunkAfter: (key: number, at: number, nth: number) => rows.chunkAfter(key, at, nth),

    /**
     * The segments that fill a window of the history of an offer. Before it was first seen it counts as not
     * on sale.
     */
    segments(offer: Series, window: ReadWindow): Segment[] {
      const reach = extent(offer.key)
      return reach ? segmentsOf(offer, partsOf(reach, window)) : []
    },

    /** The lowest price of an offer in a period, or in the hours it touches; null if not on sale. */
    lowestBetween(offer: Series, from: number, to: number): number | null {
      const reach = extent(offer.key)
      if (!reach) return null
      // If only a summary of an hour is kept, its lowest price may belong to any part of it.
      const begin = from < reach.rawFrom ? floorTo(from, HOUR_MS) : from
      const window = { from: begin, to: to - 1, last: to - 1, byHour: false }
      const lows = segmentsOf(offer, partsOf(reach, window)).flatMap(({ low }) => low ?? [])
      return lows.length > 0 ? Math.min(...lows) : null
    },

    /**
     * The segments of the lowest price of the product, and the first and the last price of each given offer
     * that was on sale in the window.
     */
    lowest(key: number, offers: SeenOffer[], window: ReadWindow) {
      const reach = extent(key)
      if (!reach) return { segments: [], ends: new Map<number, Ends>() }
      const { firstSeenAt } = reach
      const parts = partsOf(reach, window).map((part) => {
        const ends = new Map<number, Ends>()
        const noteNow = ({ number, price }: PolledOffer) =>
          note(ends, number, { first: price, last: price })
        const segments = part.rolled
          ? rolledSegments(rolled({ key, number: LOWEST, firstSeenAt }), part)
          : segmentsOfPolls(key, LOWEST, part, noteNow)
        return { part, segments, ends }
      })
      for (const [index, { part, ends }] of parts.entries()) {
        if (!part.rolled) continue
        const isKnown = (at: number, number: number) => parts[at]?.ends.has(number) ?? false
        for (const { number, firstSeenAt } of offers) {
          // Polls before and after the hours have its first and its last price.
          if (isKnown(index - 1, number) && isKnown(index + 1, number)) continue
          const found = rolledEnds(rolled({ key, number, firstSeenAt }), part)
          if (found) ends.set(number, found)
        }
      }
      const all = new Map<number, Ends>()
      for (const { ends } of parts) for (const [number, own] of ends) note(all, number, own)
      return { segments: joinedSegments(parts.map(({ segments }) => segments)), ends: all }
    },

    /**
     * The offers on sale at a given time or, if only a summary is kept, at the end of the hour that contains it.
     * Changes up to `last` count.
     */
    onSaleAt(key: number, at: number, last: number): OfferState[] {
      const reach = extent(key)
      if (!reach) return []
      if (last >= reach.rawFrom) {
        const polls = cursor(key, at, last)
        while (polls.next());
        return [...polls.onSale]
      }
      return rows.offersBetween(key, at, at).flatMap(({ number, firstSeenAt }): OfferState[] => {
        const hour = hourBefore(rolled({ key, number, firstSeenAt }), at)
        return hour?.end ? [{ number, ...hour.end, changedAt: hour.hour * HOUR_MS }] : []
      })
    },

    /** The first known lowest price of a product between two times; null if there was none. */
    firstLowest(key: number, from: number, to: number): number | null {
      const reach = extent(key)
      if (!reach) return null
      const { firstSeenAt, rawFrom } = reach
      if (from < rawFrom) {
        const series = { key, number: LOWEST, firstSeenAt }
        const ends = rolledEnds(rolled(series), { from, last: Math.min(rawFrom - 1, to) })
        if (ends) return ends.first
        if (to < rawFrom) return null
      }
      for (const polls = cursor(key, Math.max(from, rawFrom), to); polls.next(); ) {
        const lowest = lowestOf(polls.onSale)
        if (lowest) return lowest.price
      }
      return null
    },
  }
}

export type HistoryReader = ReturnType<typeof historyReader>
