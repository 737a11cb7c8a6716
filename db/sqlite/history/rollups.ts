import type { Database } from 'better-sqlite3'
import type { PriceHour } from '../../../history/hours.ts'
import { clipped, type Segment, standing } from '../../../history/segment.ts'
import { DAY_MS, floorTo, HOUR_MS } from '../../../history/time.ts'
import { decodeHours } from '../../encoding/hours.ts'
import type { Part } from './parts.ts'

/** A series of the rollups: the lowest price of a product, or the price of one of its offers. */
export interface Series {
  key: number
  number: number
  /** When it was first observed. In the hour of that, nothing happened before. */
  firstSeenAt: number
}

/** The first and the last price in a window. */
export interface Ends {
  first: number
  last: number
}

type DayRow = [day: number, hours: Buffer]

const beginOf = ({ hour }: PriceHour) => hour * HOUR_MS

const dayOf = (ms: number) => Math.floor(ms / DAY_MS)

function segmentOf(hour: PriceHour): Segment {
  const { hour: _, end, ...summary } = hour
  const from = beginOf(hour)
  return { ...summary, from, until: from + HOUR_MS, itemsInStock: end?.itemsInStock ?? null }
}

/** How a price stood after an hour, over another time. */
function standingAfter(hour: PriceHour | undefined, from: number, until: number): Segment {
  return standing(from, until, hour?.end?.price ?? null, hour?.end?.itemsInStock ?? null)
}

/** Reads the hours in which prices changed. */
export function rollupReader(db: Database) {
  const selectDays = db.prepare<[number, number, number, number], DayRow>(
    `SELECT day, hours FROM rollups
     WHERE product_key = ? AND series = ? AND day BETWEEN ? AND ? ORDER BY day`,
  )
  selectDays.raw()
  const selectDayFrom = db.prepare<[number, number, number], DayRow>(
    `SELECT day, hours FROM rollups
     WHERE product_key = ? AND series = ? AND day >= ? ORDER BY day LIMIT 1`,
  )
  selectDayFrom.raw()
  const selectDayUpTo = db.prepare<[number, number, number], DayRow>(
    `SELECT day, hours FROM rollups
     WHERE product_key = ? AND series = ? AND day <= ? ORDER BY day DESC LIMIT 1`,
  )
  selectDayUpTo.raw()

  /** The hours from that of `from` on, day by day. */
  function* forwards({ key, number }: Series, from: number) {
    let row = selectDayFrom.get(key, number, dayOf(from))
    while (row) {
      yield* decodeHours(...row)
      row = selectDayFrom.get(key, number, row[0] + 1)
    }
  }

  /** The hours up to that of `to`, the latest first. */
  function* backwards({ key, number }: Series, to: number) {
    let row = selectDayUpTo.get(key, number, dayOf(to))
    while (row) {
      yield* decodeHours(...row).reverse()
      row = selectDayUpTo.get(key, number, row[0] - 1)
    }
  }

  /** The last hour with a change that began before `at`; what it ended with holds at `at`. */
  function hourBefore(series: Series, at: number): PriceHour | undefined {
    return backwards(series, at).find((hour) => beginOf(hour) < at)
  }

  /**
   * The first price in the hours that begin from `begin` to `to`; null where it was not on sale in them.
   * `opening` is the price at the end of the hour before.
   */
  function firstPrice(series: Series, begin: number, to: number, opening: number | null) {
    let first = opening
    for (const hour of forwards(series, begin)) {
      if (beginOf(hour) > to) break
      if (beginOf(hour) < begin) continue
      // An hour opens with the price before it, unless that changed as the hour began.
      first = beginOf(hour) === begin ? hour.open : (first ?? hour.open)
      if (first !== null) break
    }
    return first
  }

  /** The last price in them. */
  function lastClose(series: Series, begin: number, to: number): number | null {
    for (const hour of backwards(series, to)) {
      if (beginOf(hour) < begin) break
      if (beginOf(hour) <= to && hour.close !== null) return hour.close
    }
    return null
  }

  /** The hours of a part, from the one that it begins in, and the one before them. */
  function* hoursOf(series: Series, { from, last }: Part) {
    const begin = floorTo(from, HOUR_MS)
    const before = hourBefore(series, begin)
    if (before) yield before
    for (const row of selectDays.all(series.key, series.number, dayOf(begin), dayOf(last))) {
      for (const hour of decodeHours(...row)) {
        if (beginOf(hour) >= begin && beginOf(hour) <= last) yield hour
      }
    }
  }

  return {
    hourBefore,

    /** The segments that fill a part of a window. */
    segments(series: Series, part: Part): Segment[] {
      const { from, until } = part
      const segments: Segment[] = []
      let before: PriceHour | undefined
      let reached = from
      for (const hour of hoursOf(series, part)) {
        const segment = segmentOf(hour)
        if (segment.until > from) {
          if (segment.from > reached) segments.push(standingAfter(before, reached, segment.from))
          // It may begin in the hour of the first observation, before which there is nothing to cut off.
          const isFirst = segment.from < from && from <= series.firstSeenAt
          const own = isFirst ? { ...segment, from } : segment
          const end = Math.min(segment.until, until)
          segments.push(clipped(own, Math.max(own.from, from), end))
          reached = end
        }
        before = hour
      }
      if (reached < until || from === until) segments.push(standingAfter(before, reached, until))
      return segments
    },

    /** The first and the last price in a part of a window; undefined where it was not on sale in it. */
    ends(series: Series, { from, last: to }: Pick<Part, 'from' | 'last'>): Ends | undefined {
      const isFirst = from <= series.firstSeenAt
      const begin = isFirst ? floorTo(from, HOUR_MS) : from
      const opening = isFirst ? null : (hourBefore(series, from)?.end?.price ?? null)
      const first = firstPrice(series, begin, to, opening)
      return first === null ? undefined : { first, last: lastClose(series, begin, to) ?? first }
    },
  }
}
