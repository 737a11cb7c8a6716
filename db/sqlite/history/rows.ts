import type { Database } from 'better-sqlite3'
import type { ExtentRow } from '../../../history/window-parts.ts'
import type { ChunkRow } from '../../encoding/chunk-cursor.ts'
import type { DayRow, HistoryRows, SeenOffer } from '../../encoding/history-reader.ts'

/**
 * Fetches the rows of the history. In plain SQL, because both threads use it and the writer thread does not load
 * drizzle.
 */
export function historyRows(db: Database): HistoryRows {
  const selectExtent = db.prepare<[number], ExtentRow>(
    `SELECT first_seen_at AS firstSeenAt, coalesce(rolled_until, 0) AS rolledUntil,
       (SELECT min(since) FROM history WHERE product_key = offers.product_key) AS firstPoll
     FROM offers JOIN refreshes USING (product_key) WHERE product_key = ? AND number = 1`,
  )
  // The first chunk is read even if it begins after the window: its opening has the state before it.
  const selectChunks = db.prepare<{ key: number; from: number; to: number }, ChunkRow>(
    `SELECT since, polls FROM history WHERE product_key = @key
       AND since <= max(@to, (SELECT min(since) FROM history WHERE product_key = @key))
       AND since >= coalesce(
         (SELECT max(since) FROM history WHERE product_key = @key AND since <= @from), @from)
     ORDER BY since`,
  )
  selectChunks.raw()
  const selectChunkAfter = db
    .prepare<[number, number, number], number>(
      `SELECT since FROM history WHERE product_key = ? AND since > ?
       ORDER BY since LIMIT 1 OFFSET ? - 1`,
    )
    .pluck()
  const selectOffers = db.prepare<[number, number, number], SeenOffer>(
    `SELECT number, id, first_seen_at AS firstSeenAt FROM offers
     WHERE product_key = ? AND first_seen_at <= ? AND (delisted_at IS NULL OR delisted_at > ?)
     ORDER BY number`,
  )
  const selectDays = db.prepare<[number, number, number, number], DayRow>(
    `SELECT day, hours, stocks FROM rollups
     WHERE product_key = ? AND series = ? AND day BETWEEN ? AND ? ORDER BY day`,
  )
  selectDays.raw()
  const selectDayFrom = db.prepare<[number, number, number], DayRow>(
    `SELECT day, hours, stocks FROM rollups
     WHERE product_key = ? AND series = ? AND day >= ? ORDER BY day LIMIT 1`,
  )
  selectDayFrom.raw()
  const selectDayUpTo = db.prepare<[number, number, number], DayRow>(
    `SELECT day, hours, stocks FROM rollups
     WHERE product_key = ? AND series = ? AND day <= ? ORDER BY day DESC LIMIT 1`,
  )
  selectDayUpTo.raw()

  return {
    extent: (key) => selectExtent.get(key),
    chunks: (key, from, to) => selectChunks.all({ key, from, to }),
    chunkAfter: (key, at, nth) => selectChunkAfter.get(key, at, nth),
    offersBetween: (key, from, to) => selectOffers.all(key, to, from),
    days: (key, series, from, to) => selectDays.all(key, series, from, to),
    dayFrom: (key, series, day) => selectDayFrom.get(key, series, day),
    dayUpTo: (key, series, day) => selectDayUpTo.get(key, series, day),
  }
}
