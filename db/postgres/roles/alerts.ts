import { toFiring } from '../../../alerts/firing.ts'
import { acceptedAlert, createdAlert } from '../../alert-refusals.ts'
import {
  type AlertRow,
  BEFORE_FIRINGS,
  type FiringRow,
  newAlertRow,
  toAlert,
} from '../../encoding/alerts.ts'
import { AlertNotFound } from '../../errors.ts'
import { carriedOut } from '../../idempotency.ts'
import { present } from '../../present.ts'
import type { AlertStore } from '../../store.ts'
import { statement } from '../connection.ts'
import {
  createAlert,
  deleteAlert,
  fireStale,
  SELECT_ALERT,
  updateAlert,
} from '../operations/alerts.ts'
import { applyOnce } from '../operations/idempotency.ts'
import type { Session } from '../session.ts'

const selectAlert = statement<AlertRow>('alert', `${SELECT_ALERT} WHERE alerts.id = $1`)

const selectPage = statement<AlertRow>(
  'alerts-page',
  `${SELECT_ALERT} WHERE alerts.id > $1 ORDER BY alerts.id LIMIT $2`,
)

const selectFirings = statement<FiringRow>(
  'alert-firings',
  `SELECT product_key AS "productKey", id AS "productId", at, price, previous_price AS "previousPrice",
     reference
   FROM alert_firings JOIN products ON key = product_key
   WHERE alert_id = $1 AND (at, product_key) < ($2, $3)
   ORDER BY at DESC, product_key DESC LIMIT $4`,
)

const selectStale = statement(
  'alerts-stale-watched',
  `SELECT FROM alerts WHERE enabled AND rule LIKE '%"type":"stale"%' LIMIT 1`,
)

/** The alerts and their firings. */
export function alertStore(session: Session): AlertStore {
  const { alerts, leases, options, reader, writer } = session

  async function rowOf(id: string): Promise<AlertRow> {
    const [row] = await reader.query(selectAlert, [id])
    if (!row) throw new AlertNotFound(id)
    return row
  }

  return {
    async createAlert(alert, once) {
      const now = session.now()
      const row = newAlertRow(options.newId(), alert, now)
      const result = await writer.call(applyOnce(once, now, createAlert(alerts, row)))
      return toAlert(createdAlert(alert.productId, carriedOut(result)))
    },

    alert: async (id) => toAlert(await rowOf(id)),

    alerts: async ({ limit, after = '' }) =>
      (await reader.query(selectPage, [after, limit])).map(toAlert),

    async updateAlert(id, changes, versions) {
      const input = { id, changes, versions, at: session.now() }
      return toAlert(acceptedAlert(id, await writer.call(updateAlert(alerts, input))))
    },

    async deleteAlert(id, versions) {
      acceptedAlert(id, await writer.call(deleteAlert(id, versions)))
    },

    async firings(id, { limit, after = BEFORE_FIRINGS }) {
      await rowOf(id)
      const rows = await reader.query(selectFirings, [id, after.at, after.productKey, limit + 1])
      const page = rows.slice(0, limit)
      return {
        items: page.map(({ productId, ...sighting }) => toFiring(productId, sighting)),
        next: rows.length > limit ? present(page.at(-1), 'a firing') : null,
      }
    },

    async fireStale() {
      const { id: instance } = leases
      const watched = await reader.query(selectStale)
      if (instance === undefined || watched.length === 0) return false
      const asked = { instance, now: session.now(), gapMs: options.staleAfterMs }
      return writer.call(fireStale(alerts, asked))
    },
  }
}
