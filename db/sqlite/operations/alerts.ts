import type { Database } from 'better-sqlite3'
import { MOST_WATCHED } from '../../../schemas/alert-rules.ts'
import type { AlertRefusal } from '../../alert-refusals.ts'
import { type AlertRow, changedAlert } from '../../encoding/alerts.ts'
import { liveAlert } from '../../live-alerts.ts'
import { present } from '../../present.ts'
import type { AlertChanges, IdempotencyKey } from '../../store.ts'
import { isNamed } from '../../version-match.ts'
import type { AlertLog } from './alert-log.ts'
import { requestsOnce } from './idempotency.ts'

/** The maximum number of stale products per alert and transaction. */
const STALE_PER_STEP = 500

/** Selects alerts with the ids of their products. */
export const SELECT_ALERT = `SELECT alerts.id, alerts.name, products.id AS productId, tag, rule, enabled,
  alerts.created_at AS createdAt, alerts.updated_at AS updatedAt,
  (SELECT max(at) FROM alert_firings WHERE alert_id = alerts.id) AS lastFiredAt
  FROM alerts LEFT JOIN products ON products.key = alerts.product_key`

interface StaleProduct {
  key: number
  checkedAt: number
  /** When it got the tag of the alert; null if that has none. */
  taggedAt: number | null
}

/** When an alert began to watch a product. Never later than now, even if the clock was put back. */
const SINCE = 'max(@since, min(@now, coalesce(product_tags.since, 0)))'

/** Creates, changes and deletes alerts, and fires those about products that became stale. */
export function alertOperations(db: Database, log: AlertLog, staleAfterMs: number) {
  const applyOnce = requestsOnce(db)
  const selectKey = db.prepare<[string], number>('SELECT key FROM products WHERE id = ?').pluck()
  const selectAlert = db.prepare<[string], AlertRow>(`${SELECT_ALERT} WHERE alerts.id = ?`)
  const insert = db.prepare(
    `INSERT INTO alerts (id, name, product_key, tag, rule, enabled, since, created_at, updated_at)
     VALUES (@id, @name, @key, @tag, @rule, @enabled, @createdAt, @createdAt, @createdAt)`,
  )
  const update = db.prepare(
    `UPDATE alerts SET name = @name, rule = @rule, enabled = @enabled, updated_at = @updatedAt,
       since = iif(@restarts, @at, since)
     WHERE id = @id`,
  )
  const forget = db.prepare('DELETE FROM alert_states WHERE alert_id = ?')
  const remove = db.prepare('DELETE FROM alerts WHERE id = ?')
  const setRevision = db
    .prepare<[number], number>(
      'UPDATE totals SET alerts_revision = max(alerts_revision, ?) + 1 RETURNING alerts_revision',
    )
    .pluck()
  const selectListed = db
    .prepare<[number], number>('SELECT product_key FROM listings ORDER BY product_key LIMIT ?')
    .pluck()
  const selectTagged = db
    .prepare<[string, number], number>(
      `SELECT product_key FROM product_tags JOIN listings USING (product_key) WHERE tag = ?
       ORDER BY product_key LIMIT ?`,
    )
    .pluck()
  const selectStale = db.prepare<Record<string, string | number | null>, StaleProduct>(
    `SELECT refreshes.product_key AS key, checked_at AS checkedAt, product_tags.since AS taggedAt
     FROM refreshes LEFT JOIN alert_states
         ON alert_id = @id AND alert_states.product_key = refreshes.product_key
       LEFT JOIN product_tags
         ON product_tags.tag = @tag AND product_tags.product_key = refreshes.product_key
     WHERE (@tag IS NULL OR product_tags.tag IS NOT NULL) AND checked_at < @now - @waitMs AND (@key IS NULL OR refreshes.product_key = @key)
       AND (@ifTrue = 1 OR checked_at + @waitMs > ${SINCE})
       AND (fired_at IS NULL OR fired_at > @now OR (fired_at < checked_at + @waitMs
         AND max(checked_at + @waitMs, ${SINCE}) - fired_at >= @cooldownMs))
     ORDER BY refreshes.product_key LIMIT ${STALE_PER_STEP}`,
  )

  let lastRevision = 0

  /** No two changes get the same revision, even if one is rolled back: the alerts of a revision are cached. */
  function nextRevision(): void {
    lastRevision = present(setRevision.get(lastRevision), 'the totals')
  }

  /** The products for which an alert that starts now fires if its condition is true already; undefined if too many. */
  function checkedAtStart(row: AlertRow, key: number | null): number[] | undefined {
    const { rule } = liveAlert({ ...row, since: 0, productKey: key })
    if (!row.enabled || !rule.fire_if_true) return []
    if (key !== null) return [key]
    const keys =
      row.tag === null
        ? selectListed.all(MOST_WATCHED + 1)
        : selectTagged.all(row.tag, MOST_WATCHED + 1)
    return keys.length > MOST_WATCHED ? undefined : keys
  }

  const keyOf = (productId: string | null) => (productId === null ? null : selectKey.get(productId))

  /** Returns the alert, or why it may not be changed. */
  function find(id: string, versions: number[] | undefined) {
    const row = selectAlert.get(id)
    if (!row) return 'not-found'
    return isNamed(row.updatedAt, versions) ? row : 'version-mismatch'
  }

  function createAlert(row: AlertRow): AlertRow | 'not-found' | 'too-many' {
    const key = keyOf(row.productId)
    if (key === undefined) return 'not-found'
    const products = checkedAtStart(row, key)
    if (!products) return 'too-many'
    insert.run({ ...row, key })
    nextRevision()
    const alert = liveAlert({ ...row, since: row.createdAt, productKey: key })
    for (const product of products) log.begin(alert, product)
    return present(selectAlert.get(row.id), 'the new alert')
  }

  return {
    /** Returns the alert, which may have fired already. */
    createAlert: (input: { row: AlertRow; once?: IdempotencyKey }) =>
      applyOnce(input.once, input.row.createdAt, () => createAlert(input.row)),

    /** Returns the alert as it is now. */
    updateAlert(input: {
      id: string
      changes: AlertChanges
      versions?: number[]
      at: number
    }): AlertRow | AlertRefusal {
      const { id, changes, versions, at } = input
      const row = find(id, versions)
      if (typeof row === 'string') return row
      const { restarts, ...next } = changedAlert(row, changes, at)
      const key = keyOf(row.productId) ?? null
      const products = restarts ? checkedAtStart({ ...row, ...next }, key) : []
      if (!products) return 'too-many'
      update.run({ ...next, id, at, restarts: restarts ? 1 : 0 })
      if (restarts) forget.run(id)
      nextRevision()
      const alert = liveAlert({ id, rule: next.rule, since: at, productKey: key, tag: row.tag })
      for (const product of products) log.begin(alert, product)
      return present(selectAlert.get(id), 'the alert', id)
    },

    /** Returns the deleted alert. */
    deleteAlert({ id, versions }: { id: string; versions?: number[] }): AlertRow | AlertRefusal {
      const row = find(id, versions)
      if (typeof row === 'string') return row
      remove.run(id)
      nextRevision()
      return row
    },

    /** Fires the alerts about stale products, step by step. Returns whether there may be more. */
    fireStale(now: number): boolean {
      let isMore = false
      for (const alert of log.live().stale) {
        const { id, since, productKey: key, tag, rule } = alert
        const waitMs = Math.max(rule.condition.for_s * 1000, staleAfterMs)
        const ifTrue = rule.fire_if_true ? 1 : 0
        const cooldownMs = rule.cooldown_s * 1000
        const found = selectStale.all({
          ...{ id, now, waitMs, key, tag, ifTrue, cooldownMs },
          since: Math.min(since, now),
        })
        for (const { key, checkedAt, taggedAt } of found) {
          const watching = { ...alert, since: Math.max(since, taggedAt ?? 0) }
          log.stale(watching, key, { checkedAt, nextAt: null, now })
        }
        isMore ||= found.length === STALE_PER_STEP
      }
      return isMore
    },
  }
}
