import type { Database } from 'better-sqlite3'
import { lookBack, watched } from '../../../alerts/preview.ts'
import type { AlertState } from '../../../alerts/watch.ts'
import { UP_TO_NOW } from '../../../history/window-parts.ts'
import { historyReader } from '../../encoding/history-reader.ts'
import {
  type Decision,
  historyFrom,
  type LiveAlert,
  type LiveAlertRow,
  LiveAlerts,
  onPrice,
  onStale,
  type PriceChange,
  type ProductTag,
  pricesBetween,
  type Repolled,
} from '../../live-alerts.ts'
import { historyRows } from '../history/rows.ts'
import { changeLog } from './changes.ts'

interface StateRow {
  armed: number
  firedAt: number | null
}

/** Decides about alerts in the transaction that settles polls, and writes their firings. */
export function alertLog(db: Database, staleAfterMs: number) {
  const feed = changeLog(db)
  const reader = historyReader(historyRows(db))
  const selectRevision = db.prepare<[], number>('SELECT alerts_revision FROM totals').pluck()
  const selectLive = db.prepare<[], LiveAlertRow>(
    'SELECT id, rule, since, product_key AS productKey, tag FROM alerts WHERE enabled = 1 ORDER BY id',
  )
  const selectTags = db.prepare<[number], ProductTag>(
    'SELECT tag, since FROM product_tags WHERE product_key = ?',
  )
  const selectState = db.prepare<[string, number], StateRow>(
    'SELECT armed, fired_at AS firedAt FROM alert_states WHERE alert_id = ? AND product_key = ?',
  )
  const saveState = db.prepare(
    `INSERT INTO alert_states (alert_id, product_key, armed, fired_at) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET armed = excluded.armed, fired_at = excluded.fired_at`,
  )
  const insertFiring = db.prepare(
    `INSERT OR IGNORE INTO alert_firings (alert_id, at, product_key, price, previous_price, reference)
     VALUES (@id, @at, @key, @price, @previousPrice, @reference)`,
  )

  let revision: number | undefined = -1
  let live = new LiveAlerts([])

  const watching = (key: number) => live.of(key, live.hasTags ? selectTags.all(key) : [])

  function stateOf(id: string, key: number): AlertState | undefined {
    const row = selectState.get(id, key)
    return row && { armed: row.armed === 1, firedAt: row.firedAt }
  }

  function write(id: string, key: number, { sightings, state }: Decision): void {
    for (const sighting of sightings) {
      // An alert that was restarted may fire for the same price again, in the same millisecond.
      const { changes: isNew } = insertFiring.run({ id, key, ...sighting })
      if (isNew) feed.alert(id, key, sighting)
    }
    if (state) saveState.run(id, key, state.armed ? 1 : 0, state.firedAt)
  }

  return {
    /** The enabled alerts as of this transaction. They are read again if they changed, also by a rollback. */
    live(): LiveAlerts {
      const current = selectRevision.get()
      if (current !== revision) {
        live = new LiveAlerts(selectLive.all())
        revision = current
      }
      return live
    },

    priceChanged(change: PriceChange): void {
      const { key, at } = change
      const deciding = watching(key)
        .filter(({ rule }) => rule.condition.type !== 'stale')
        .map((alert) => ({ alert, state: stateOf(alert.id, key) }))
      const from = historyFrom(deciding, change)
      const history =
        from === undefined ? undefined : pricesBetween(reader, key, { from, to: at, last: at })
      for (const { alert, state } of deciding) {
        write(alert.id, key, onPrice(alert, change, state, history))
      }
    },

    /** Call it when a poll succeeds after a gap or a failure, in which the product may have been stale. */
    repolled(key: number, poll: Repolled): void {
      for (const alert of watching(key)) this.stale(alert, key, poll)
    },

    stale(alert: LiveAlert, key: number, poll: Repolled): void {
      const decision = onStale(alert, poll, stateOf(alert.id, key), staleAfterMs)
      if (decision.sightings.length > 0) write(alert.id, key, decision)
    },

    /** Call it when a product gets tags: the alerts about those tags begin to watch it. */
    tagged(key: number, tags: readonly string[], at: number): void {
      for (const alert of this.live().askedOf(tags, at)) this.begin(alert, key)
    },

    /** Call it when an alert begins to watch a product. It may fire at once. */
    begin({ id, rule, since }: LiveAlert, key: number): void {
      if (rule.condition.type === 'stale') return
      const window = { from: lookBack(rule, since), to: since, last: UP_TO_NOW }
      const history = pricesBetween(reader, key, window)
      const { watch, sightings } = watched(rule, history, { since, until: since })
      write(id, key, { sightings, state: watch.state })
    },
  }
}

export type AlertLog = ReturnType<typeof alertLog>
