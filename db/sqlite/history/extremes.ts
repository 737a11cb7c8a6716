import type { Database } from 'better-sqlite3'
import { EXTREMES_COLUMNS } from '../../encoding/extremes.ts'
import type { StoredExtremes } from '../../history/statistics.ts'

/** The number of products to search per step: some milliseconds of work. */
const PRODUCTS_PER_STEP = 500

/** The columns of `refreshes` with the all-time extremes. */
export const EXTREMES = Object.entries(EXTREMES_COLUMNS).map(
  ([name, column]) => `${column} AS ${name}`,
)

/** SQL for the time of the last change of a product, in a query of `refreshes`. */
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
  const selectIncomplete = db
    .prepare<[number], number>(
      `SELECT extremes_until IS NOT ${CHANGED_AT} FROM refreshes WHERE product_key = ?`,
    )
    .pluck()

  /** Also true if the history cannot be read, so that the attempt to complete the extremes reports the error. */
  function isIncomplete(key: number): boolean {
    try {
      return selectIncomplete.get(key) === 1
    } catch {
      return true
    }
  }

  return {
    of: (key: number) => select.get(key),

    /**
     * The first product after a key whose extremes do not include all of its history, and the last product that was
     * searched. Undefined if there is none.
     */
    incompleteAfter(after: number) {
      const keys = selectKeys.all(after)
      return { product: keys.find(isIncomplete), last: keys.at(-1) }
    },
  }
}
