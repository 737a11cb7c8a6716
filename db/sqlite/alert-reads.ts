import type { Database } from 'better-sqlite3'
import { type AlertRow, BEFORE_FIRINGS, type FiringRow } from '../encoding/alerts.ts'
import { SELECT_ALERT } from './operations/alerts.ts'

/** The statements that read alerts on the main thread. */
export function alertReads(db: Database) {
  const selectAlert = db.prepare<[string], AlertRow>(`${SELECT_ALERT} WHERE alerts.id = ?`)
  const selectPage = db.prepare<[string, number], AlertRow>(
    `${SELECT_ALERT} WHERE alerts.id > ? ORDER BY alerts.id LIMIT ?`,
  )
  const selectFirings = db.prepare<[string, number, number, number], FiringRow>(
    `SELECT product_key AS productKey, id AS productId, at, price, previous_price AS previousPrice, reference
     FROM alert_firings JOIN products ON key = product_key
     WHERE alert_id = ? AND (at, product_key) < (?, ?)
     ORDER BY at DESC, product_key DESC LIMIT ?`,
  )
  const selectStale = db.prepare(
    `SELECT 1 FROM alerts WHERE enabled = 1 AND rule LIKE '%"type":"stale"%' LIMIT 1`,
  )
  return {
    alert: (id: string) => selectAlert.get(id),
    page: (after: string, limit: number) => selectPage.all(after, limit),
    firings: (id: string, { at, productKey } = BEFORE_FIRINGS, limit: number) =>
      selectFirings.all(id, at, productKey, limit),
    /** Whether an enabled alert has a `stale` condition. */
    isStaleWatched: () => selectStale.get() !== undefined,
  }
}
