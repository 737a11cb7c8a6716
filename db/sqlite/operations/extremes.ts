import type { Database } from 'better-sqlite3'
import { extremesRow } from '../../encoding/extremes.ts'
import { historyReader } from '../../encoding/history-reader.ts'
import { extremesReader } from '../../history/statistics.ts'
import { extremesRows } from '../history/extremes.ts'
import { historyRows } from '../history/rows.ts'

/** Completes the all-time extremes of products whose history an earlier version wrote. */
export function extremesOperations(db: Database) {
  const rows = extremesRows(db)
  const readExtremes = extremesReader(historyReader(historyRows(db)))
  const write = db.prepare(
    `UPDATE refreshes SET low_price = @lowPrice, low_at = @lowAt, high_price = @highPrice,
       high_at = @highAt, extremes_until = @extremesUntil
     WHERE product_key = @key`,
  )

  return {
    /** Computes the extremes of a product over the part of its history that they do not include yet. */
    completeExtremes({ key }: { key: number }): void {
      const row = rows.of(key)
      if (row) write.run({ key, ...extremesRow(readExtremes(key, row), row.changedAt) })
    },
  }
}
