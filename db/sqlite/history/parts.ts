import type { Database } from 'better-sqlite3'
import { ceilTo, floorTo, HOUR_MS } from '../../../history/time.ts'
import type { HistoryWindow } from '../../store.ts'

/** How far the history of a product reaches, and which part of it is kept in which form. */
export interface Extent {
  /** When its first offer was listed. */
  firstSeenAt: number
  /** Up to when the rollups tell its history, a full hour. */
  rolledUntil: number
  /** From when every poll is kept, a full hour; what is before it is in the rollups alone. */
  rawFrom: number
}

interface ChunkRow {
  firstSeenAt: number
  rolledUntil: number
  firstChunk: number
}

/** Gives the function that finds the extent of a product's history; undefined before its first offer. */
export function extentReader(db: Database) {
  const select = db.prepare<[number], ChunkRow>(
    `SELECT first_seen_at AS firstSeenAt, coalesce(rolled_until, 0) AS rolledUntil,
       (SELECT min(since) FROM history WHERE product_key = offers.product_key) AS firstChunk
     FROM offers JOIN refreshes USING (product_key) WHERE product_key = ? AND number = 1`,
  )

  return (key: number): Extent | undefined => {
    const row = select.get(key)
    if (!row) return undefined
    const { firstSeenAt, rolledUntil, firstChunk } = row
    // Its first change listed the first offer. Chunks are deleted only where rollups tell the same.
    const rawFrom =
      firstChunk > firstSeenAt ? Math.min(rolledUntil, ceilTo(firstChunk, HOUR_MS)) : 0
    return { firstSeenAt, rolledUntil, rawFrom }
  }
}

/** A window as it is read. */
export interface ReadWindow extends HistoryWindow {
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
