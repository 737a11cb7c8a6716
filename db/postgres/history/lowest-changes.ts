import type { LowestChange } from '../../../history/movers.ts'
import { DAY_MS } from '../../../history/time.ts'
import { type ExtentRow, extentOf } from '../../../history/window-parts.ts'
import type { ChunkRow } from '../../encoding/chunk-cursor.ts'
import { historyReader } from '../../encoding/history-reader.ts'
import { lowestFilter } from '../../history/lowest-filter.ts'
import type { LowestFilter } from '../../store.ts'
import { decoded, statement } from '../connection.ts'
import type { Queryable, Reader } from '../reader.ts'
import { type DayOfSeries, LoadedHistory, loadHistory } from './loaded.ts'

/** The number of products per batch: some milliseconds of work. */
const PRODUCTS_PER_BATCH = 200

interface LowestRow {
  key: number
  productId: string
  name: string
  last: number
  tags: string
}

const selectLowest = statement<LowestRow>(
  'lowest-products',
  `SELECT key, id AS "productId", name, lowest_price AS last, tags
   FROM listings JOIN products ON key = product_key
   WHERE product_key > $1 AND lowest_price IS NOT NULL
   ORDER BY product_key LIMIT ${PRODUCTS_PER_BATCH}`,
)

const selectExtents = statement<ExtentRow & { key: number }>(
  'lowest-extents',
  `SELECT product_key AS key, first_seen_at AS "firstSeenAt", coalesce(rolled_until, 0) AS "rolledUntil",
     (SELECT min(since) FROM history WHERE history.product_key = polls.product_key) AS "firstPoll"
   FROM offers JOIN polls USING (product_key) WHERE product_key = ANY($1::bigint[]) AND number = 1`,
)

/** Selects for each product the last row at or before a position, and the first one after it. */
const around = (table: string, column: string, columns: string, where = 'true') => {
  const rows = `SELECT ${columns} FROM ${table} WHERE product_key = key AND ${where}`
  return `SELECT key, found.* FROM unnest($1::bigint[]) AS wanted (key), LATERAL (
     (${rows} AND ${column} <= $2 ORDER BY ${column} DESC LIMIT 1)
     UNION ALL (${rows} AND ${column} > $2 ORDER BY ${column} LIMIT 1)) AS found
   ORDER BY ${column}`
}

const selectChunks = statement<{ key: number; since: number; polls: Buffer }>(
  'lowest-chunks',
  around('history', 'since', 'since, polls'),
)

// The last day before that of `from`, and the day of `from` or the next one after it.
const selectDays = statement<DayOfSeries & { key: number }>(
  'lowest-days',
  around('rollups', 'day', 'series, day, hours, stocks', 'series = 0'),
)

/** Reads the beginning of the histories of products from a time on: as much as usually contains the first price. */
async function loadBeginnings(reader: Reader, keys: number[], from: number) {
  const day = Math.floor(from / DAY_MS)
  const [extents, chunks, days] = await reader.snapshot((db) =>
    Promise.all([
      db.query(selectExtents, [keys]),
      db.query(selectChunks, [keys, from]),
      db.query(selectDays, [keys, day - 1]),
    ]),
  )
  const daysOf = Map.groupBy(days, ({ key }) => key)
  return new Map(
    extents.map(({ key, ...extent }) => {
      // If only summaries are kept of that time, the polls that follow come after days that were not read.
      const isRaw = from >= extentOf(extent).rawFrom
      const rows = isRaw ? chunks.filter((chunk) => chunk.key === key) : []
      const loaded = {
        extent,
        chunks: rows.map(({ since, polls }): ChunkRow => [since, polls]),
        days: daysOf.get(key) ?? [],
        ...{ offers: [], runs: [], open: undefined },
      }
      return [key, new LoadedHistory(loaded, 0)]
    }),
  )
}

/** Compares the current lowest prices of products with those at `from`, or the first ones after it, batch by batch. */
export async function* lowestChanges(
  reader: Reader,
  from: number,
  to: number,
  filter: LowestFilter,
): AsyncGenerator<LowestChange[]> {
  const passes = lowestFilter(filter)
  const firstIn = (history: LoadedHistory, key: number) =>
    decoded(() => historyReader(history).firstLowest(key, from, to))

  async function first(key: number, beginning: LoadedHistory | undefined): Promise<number | null> {
    /* c8 ignore next -- the product was deleted since it was found, which no test can time */
    const found = beginning ? firstIn(beginning, key) : null
    if (found !== null) return found
    const load = (db: Queryable) => loadHistory(db, key, { from, last: to }, 0)
    return firstIn(await reader.snapshot(load), key)
  }

  let rows = await reader.query(selectLowest, [0])
  for (let last = rows.at(-1); last; last = rows.at(-1)) {
    const found = rows.filter(passes)
    const keys = found.map(({ key }) => key)
    const beginnings = await loadBeginnings(reader, keys, from)
    const changes = found.map(async ({ key, tags: _, ...product }): Promise<LowestChange[]> => {
      const price = await first(key, beginnings.get(key))
      return price === null ? [] : [{ ...product, first: price }]
    })
    yield (await Promise.all(changes)).flat()
    rows = await reader.query(selectLowest, [last.key])
  }
}
