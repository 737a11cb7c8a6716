import type { Database } from 'better-sqlite3'
import { EXTREMES_COLUMNS } from '../../encoding/extremes.ts'
import type { StoredExtremes } from '../../history/statistics.ts'

/** The number of products to search per step: some milliseconds of work. */
const PRODUCTS_PER_STEP = 500

/** The columns of `refreshes` with the all-time extremes. */
export const EXTREMES = Object.entries(EXTREMES_COLUMNS).map(
  ([name, column]) => `${column} AS ${name}`,
)

/** The time of the last change of a product, as SQL of a row of `refreshes`. */
const CHANGED_AT = `(SELECT until FROM history WHERE history.product_key = refreshes.product_key
  ORDER BY since DESC LIMIT 1)`

/** Reads the stored all-time extremes. */
export function extremesRows(db: Database) {
  const select = db.prepare<[number], StoredExtremes & { lowestPrice: number | null }>(
    `SELECT lowest_price AS lowestPrice, ${EXTREMES}, ${CHANGED_AT} AS changedAt
     FROM refreshes WHERE product_key = ?`,
  )
  const selectKeys = db
    .prepare<[number], number>(
      `SELECT product_key FROM refreshes WHERE product_key > ?
       ORDER BY product_key LIMIT ${PRODUCTS_PER_STEP}`,
    )
    .pluck()
  const selectBehind = db
    .prepare<[number], number>(
      `SELECT extremes_until IS NOT ${CHANGED_AT} FROM refreshes WHERE product_key = ?`,
    )
    .pluck()

  /** Also true if the history cannot be read: the attempt to complete them then fails for the same reason. */
  function isBehind(key: number): boolean {
    try {
      return selectBehind.get(key) === 1
    } catch {
      return true
    }
  }

  return {
    of: (key: number) => select.get(key),

    /**
     * The first product after a key whose extremes lack a part of its history, and the last product that was searched.
     * Undefined if there is none.
     */
    behindAfter(after: number) {
      const keys = selectKeys.all(after)
      return { product: keys.find(isBehind), last: keys.at(-1) }
    },
  }
}
