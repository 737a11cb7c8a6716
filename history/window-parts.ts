import { ceilTo, floorTo, HOUR_MS } from './time.ts'

/** How far the history of a product reaches, and which part of it is kept in which form. */
export interface Extent {
  /** When its first offer was listed. */
  firstSeenAt: number
  /** Up to when the rollups tell its history, a full hour. */
  rolledUntil: number
  /** From when every poll is kept, a full hour; what is before it is in the rollups alone. */
  rawFrom: number
}

/** What an engine keeps of that. */
export interface ExtentRow {
  firstSeenAt: number
  rolledUntil: number
  /** When the first poll that is kept begins. */
  firstPoll: number
}

export function extentOf({ firstSeenAt, rolledUntil, firstPoll }: ExtentRow): Extent {
  // Its first change listed the first offer. Polls are deleted only where rollups tell the same.
  const rawFrom = firstPoll > firstSeenAt ? Math.min(rolledUntil, ceilTo(firstPoll, HOUR_MS)) : 0
  return { firstSeenAt, rolledUntil, rawFrom }
}

/** A window as it is read. */
export interface ReadWindow {
  from: number
  to: number
  /** Whether full hours may come as summaries even where every poll is kept. */
  byHour: boolean
  /**
   * The last moment whose changes belong to it: `to`, but in the present all that there are. Those in the
   * future were observed before the clock was put back, and count as of now until it gets there.
   */
  last: number
}

/** Up to which moment changes belong to what is asked of a time. */
export const lastOf = (at: number, now: number) => (at >= now ? Number.MAX_SAFE_INTEGER : at)

/** A part of a window that is read from polls, or from rollups. */
export interface Part {
  from: number
  /** Where the next part begins, or the window ends. */
  until: number
  /** The last moment whose changes belong to it. */
  last: number
  rolled: boolean
}

const part = (from: number, until: number, rolled: boolean, last = until - 1): Part => ({
  ...{ from, until, last, rolled },
})

/**
 * The parts of a window. They meet on full hours, because an hour is either read poll by poll or taken from
 * its summary. A window that ends before it begins has none.
 */
export function partsOf(
  { rolledUntil, rawFrom }: Extent,
  { from, to, byHour, last }: ReadWindow,
): Part[] {
  if (from > to) return []
  const begin = from < rawFrom ? from : ceilTo(from, HOUR_MS)
  const byHourUntil = byHour ? Math.min(rolledUntil, floorTo(to, HOUR_MS)) : 0
  const end = Math.max(rawFrom, byHourUntil)
  if (begin >= end) return [part(from, to, false, last)]
  if (to < end) return [part(from, to, true), ...(last > to ? [part(to, to, false, last)] : [])]
  const rest = [part(begin, end, true), part(end, to, false, last)]
  return begin > from ? [part(from, begin, false), ...rest] : rest
}
