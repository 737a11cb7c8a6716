import { ceilTo, DAY_MS, HOUR_MS } from '../../../history/time.ts'
import { EXTREMES_COLUMNS } from '../../encoding/extremes.ts'
import type { StoredExtremes } from '../../history/statistics.ts'
import { statement } from '../connection.ts'
import type { Queryable } from '../reader.ts'
import { type DayOfSeries, type LoadedHistory, loadParts } from './loaded.ts'

/** SQL for the time of the last change of a product, in a query of `listings`. */
export const CHANGED_AT = `(SELECT until FROM history WHERE history.product_key = listings.product_key
  ORDER BY since DESC LIMIT 1)`

/** The stored extremes of a product, with its current lowest price. */
export interface ExtremesNow extends StoredExtremes {
  lowestPrice: number | null
}

const EXTREMES = Object.entries(EXTREMES_COLUMNS).map(([name, column]) => `${column} AS "${name}"`)

export const selectExtremes = statement<ExtremesNow>(
  'statistics-extremes',
  `SELECT lowest_price AS "lowestPrice", ${EXTREMES}, ${CHANGED_AT} AS "changedAt" FROM listings
   WHERE product_key = $1`,
)

// The chunks that are not rolled up yet, and those of the hours in which windows begin, or the history if that begins
// later. Those in between are not read.
const selectChunks = statement<{ since: number; polls: Buffer }>(
  'statistics-chunks',
  `SELECT DISTINCT ON (chunk.since) chunk.since, chunk.polls
   FROM (
     SELECT coalesce(rolled_until, 0) AS since, ${Number.MAX_SAFE_INTEGER} AS until
     FROM polls WHERE product_key = $1
     UNION ALL SELECT * FROM unnest($2::bigint[], $3::bigint[])
     UNION ALL SELECT min(since), (min(since) + ${HOUR_MS - 1}) / ${HOUR_MS} * ${HOUR_MS}
     FROM history WHERE product_key = $1
   ) AS part CROSS JOIN LATERAL (
     SELECT since, polls FROM history
     WHERE product_key = $1 AND since <= part.until AND since >= coalesce(
       (SELECT max(since) FROM history WHERE product_key = $1 AND since <= part.since), part.since)
   ) AS chunk ORDER BY chunk.since`,
)

const selectDays = statement<DayOfSeries>(
  'statistics-days',
  `SELECT series, day, hours, stocks FROM rollups WHERE product_key = $1 AND series = 0
     AND day >= coalesce((SELECT max(day) FROM rollups
       WHERE product_key = $1 AND series = 0 AND day < $2), $2)
   ORDER BY day`,
)

/** Reads the hourly history of a product's lowest price, for windows that begin at these times and end now. */
export function loadLowest(
  db: Queryable,
  key: number,
  begins: readonly number[],
  gapMs: number,
): Promise<LoadedHistory> {
  const ends = begins.map((from) => ceilTo(from, HOUR_MS))
  return loadParts(db, key, gapMs, {
    chunks: db.query(selectChunks, [key, begins, ends]),
    days: db.query(selectDays, [key, Math.floor(Math.min(...begins) / DAY_MS)]),
    offers: [],
  })
}

/** Reads the part of that history that the stored extremes of a product do not include. */
export const loadMissing = (
  db: Queryable,
  key: number,
  { extremesUntil }: ExtremesNow,
): Promise<LoadedHistory> => loadLowest(db, key, [extremesUntil ?? 0], 0)
