import type { PriceHour } from './hours.ts'
import { clipped, type Segment, standing } from './segment.ts'
import { floorTo, HOUR_MS } from './time.ts'
import type { Part } from './window-parts.ts'

/** Reads the hours in which the price of a series changed. */
export interface RolledHours {
  /** When the series was first observed. Its first hour has no state before that. */
  readonly firstSeenAt: number
  /** The hours that begin between `from` and `to`. */
  between(from: number, to: number): Iterable<PriceHour>
  /** The hours from `from` on, day by day; the first ones may begin earlier. */
  forwards(from: number): Iterable<PriceHour[]>
  /** The hours back to the first one, the latest day first, each in order; those of `to` may begin later. */
  backwards(to: number): Iterable<PriceHour[]>
}

/** The first and the last price in a window. */
export interface Ends {
  first: number
  last: number
}

export const beginOf = ({ hour }: PriceHour) => hour * HOUR_MS

function segmentOf(hour: PriceHour): Segment {
  const { hour: _, end, ...summary } = hour
  const from = beginOf(hour)
  return { ...summary, from, until: from + HOUR_MS, itemsInStock: end?.itemsInStock ?? null }
}

/** A segment with the price at the end of an hour. */
function standingAfter(hour: PriceHour | undefined, from: number, until: number): Segment {
  return standing(from, until, hour?.end?.price ?? null, hour?.end?.itemsInStock ?? null)
}

/** The last hour back from `at` that `isWanted`. */
function lastHour(hours: RolledHours, at: number, isWanted: (hour: PriceHour) => boolean) {
  for (const day of hours.backwards(at)) {
    const found = day.findLast(isWanted)
    if (found) return found
  }
  return undefined
}

/** The last hour with a change that began before `at`; its closing state holds at `at`. */
export const hourBefore = (hours: RolledHours, at: number): PriceHour | undefined =>
  lastHour(hours, at, (hour) => beginOf(hour) < at)

/**
 * The first price in the hours that begin between `begin` and `to`; null if not on sale in them. `opening` is
 * the price at the end of the previous hour.
 */
function firstPrice(hours: RolledHours, begin: number, to: number, opening: number | null) {
  let first = opening
  for (const day of hours.forwards(begin)) {
    for (const hour of day) {
      if (beginOf(hour) > to) return first
      if (beginOf(hour) < begin) continue
      // An hour opens with the previous price, unless the price changed as the hour began.
      first = beginOf(hour) === begin ? hour.open : (first ?? hour.open)
      if (first !== null) return first
    }
  }
  return first
}

/** The last price in these hours. */
function lastClose(hours: RolledHours, begin: number, to: number): number | null {
  const found = lastHour(hours, to, (hour) => beginOf(hour) <= to && hour.close !== null)
  return found && beginOf(found) >= begin ? found.close : null
}

/** The hours of a part, from the one in which it begins, and the hour before them. */
function* hoursOf(hours: RolledHours, { from, last }: Part) {
  const begin = floorTo(from, HOUR_MS)
  const before = hourBefore(hours, begin)
  if (before) yield before
  yield* hours.between(begin, last)
}

/** The segments that fill a part of a window. */
export function rolledSegments(hours: RolledHours, part: Part): Segment[] {
  const { from, until } = part
  const segments: Segment[] = []
  let before: PriceHour | undefined
  let reached = from
  for (const hour of hoursOf(hours, part)) {
    const segment = segmentOf(hour)
    if (segment.until > from) {
      if (segment.from > reached) segments.push(standingAfter(before, reached, segment.from))
      // In the hour of the first observation there is nothing earlier to cut off.
      const isFirst = segment.from < from && from <= hours.firstSeenAt
      const own = isFirst ? { ...segment, from } : segment
      const end = Math.min(segment.until, until)
      segments.push(clipped(own, Math.max(own.from, from), end))
      reached = end
    }
    before = hour
  }
  if (reached < until || from === until) segments.push(standingAfter(before, reached, until))
  return segments
}

/** The first and the last price in a part of a window; undefined if not on sale in it. */
export function rolledEnds(
  hours: RolledHours,
  { from, last: to }: Pick<Part, 'from' | 'last'>,
): Ends | undefined {
  const isFirst = from <= hours.firstSeenAt
  const begin = isFirst ? floorTo(from, HOUR_MS) : from
  const opening = isFirst ? null : (hourBefore(hours, from)?.end?.price ?? null)
  const first = firstPrice(hours, begin, to, opening)
  return first === null ? undefined : { first, last: lastClose(hours, begin, to) ?? first }
}
