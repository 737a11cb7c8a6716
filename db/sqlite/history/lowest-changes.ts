import type { Database } from 'better-sqlite3'
import type { LowestChange } from '../../../history/movers.ts'
import type { HistoryReader } from '../../encoding/history-reader.ts'
import { lowestFilter } from '../../history/lowest-filter.ts'
import type { LowestFilter } from '../../store.ts'

/** The number of products per batch: some milliseconds of work. */
const PRODUCTS_PER_BATCH = 200

interface LowestRow {
  key: number
  productId: string
  name: string
  last: number
  tags: string
}

/** Makes the function that compares current lowest prices with those at an earlier time, batch by batch. */
export function lowestChangesReader(db: Database, reader: HistoryReader) {
  const select = db.prepare<[number], LowestRow>(
    `SELECT key, id AS productId, name, lowest_price AS last, tags
     FROM refreshes JOIN products ON key = product_key
     WHERE product_key > ? AND lowest_price IS NOT NULL
     ORDER BY product_key LIMIT ${PRODUCTS_PER_BATCH}`,
  )

  return function* batches(
    from: number,
    to: number,
    filter: LowestFilter,
  ): Generator<LowestChange[]> {
    const passes = lowestFilter(filter)
    let rows = select.all(0)
    for (let last = rows.at(-1); last; last = rows.at(-1)) {
      yield rows.filter(passes).flatMap(({ key, tags: _, ...product }) => {
        const first = reader.firstLowest(key, from, to)
        return first === null ? [] : [{ ...product, first }]
      })
      rows = select.all(last.key)
    }
  }
}
