import { ceilTo, floorTo, HOUR_MS } from './time.ts'

/** The extent of a product's history, and which part of it is kept in which form. */
export interface Extent {
  /** When its first offer was listed. */
  firstSeenAt: number
  /** The end of its rolled-up history, a full hour. */
  rolledUntil: number
  /** The start of the time for which every poll is kept, a full hour; before it there are only rollups. */
  rawFrom: number
}

/** The part of the extent that an engine stores. */
export interface ExtentRow {
  firstSeenAt: number
  rolledUntil: number
  /** When the first stored poll begins. */
  firstPoll: number
}

export function extentOf({ firstSeenAt, rolledUntil, firstPoll }: ExtentRow): Extent {
  // Its first change listed the first offer. Polls are deleted only if rollups cover the same time.
  const rawFrom = firstPoll > firstSeenAt ? Math.min(rolledUntil, ceilTo(firstPoll, HOUR_MS)) : 0
  return { firstSeenAt, rolledUntil, rawFrom }
}

/** A window to read. */
export interface ReadWindow {
  from: number
  to: number
  /** Whether full hours may be read as summaries even if every poll is kept. */
  byHour: boolean
  /**
   * The time of the last change to include: `to`, or no limit if the window reaches the present. Changes in the
   * future were observed before the clock was set back, and count as of now until it catches up.
   */
  last: number
}

/** The `last` of a window that reaches the present. */
export const UP_TO_NOW = Number.MAX_SAFE_INTEGER

/** The time of the last change to include in a question about a given time. */
export const lastOf = (at: number, now: number) => (at >= now ? UP_TO_NOW : at)

/** A part of a window that is read either from polls or from rollups. */
export interface Part {
  from: number
  /** Where the next part begins, or the window ends. */
  until: number
  /** The time of the last change to include. */
  last: number
  rolled: boolean
}

const part = (from: number, until: number, rolled: boolean, last = until - 1): Part => ({
  ...{ from, until, last, rolled },
})

/**
 * The parts of a window. They meet at full hours, because an hour is read either poll by poll or from its
 * summary. A window that ends before it begins has none. One that is only the present has one, the state after
 * the last poll: if the clock was put back, the summary of its hour may exist as well.
 */
export function partsOf(
  { rolledUntil, rawFrom }: Extent,
  { from, to, byHour, last }: ReadWindow,
): Part[] {
  if (from > to) return []
  if (from === to && last > to) return [part(from, to, false, last)]
  const begin = from < rawFrom ? from : ceilTo(from, HOUR_MS)
  const byHourUntil = byHour ? Math.min(rolledUntil, floorTo(to, HOUR_MS)) : 0
  const end = Math.max(rawFrom, byHourUntil)
  if (begin >= end) return [part(from, to, false, last)]
  if (to < end) return [part(from, to, true), ...(last > to ? [part(to, to, false, last)] : [])]
  const rest = [part(begin, end, true), part(end, to, false, last)]
  return begin > from ? [part(from, begin, false), ...rest] : rest
}
