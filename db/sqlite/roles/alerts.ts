import { toFiring } from '../../../alerts/firing.ts'
import { acceptedAlert, createdAlert } from '../../alert-refusals.ts'
import { newAlertRow, toAlert } from '../../encoding/alerts.ts'
import { AlertNotFound } from '../../errors.ts'
import { carriedOut } from '../../idempotency.ts'
import { present } from '../../present.ts'
import type { AlertStore } from '../../store.ts'
import type { Session } from '../session.ts'
import { touchesNothing } from '../touched.ts'

/** The alerts and their firings. */
export function alertStore(session: Session): AlertStore {
  const { alerts, options, writer } = session

  function rowOf(id: string) {
    const row = session.read(() => alerts.alert(id))
    if (!row) throw new AlertNotFound(id)
    return row
  }

  return {
    async createAlert(alert, once) {
      const row = newAlertRow(options.newId(), alert, session.now())
      const result = carriedOut(await writer.call('createAlert', { row, once }, touchesNothing))
      return toAlert(createdAlert(alert.productId, result))
    },

    alert: async (id) => toAlert(rowOf(id)),

    alerts: async ({ limit, after = '' }) =>
      session.read(() => alerts.page(after, limit)).map(toAlert),

    async updateAlert(id, changes, versions) {
      const input = { id, changes, versions, at: session.now() }
      return toAlert(acceptedAlert(id, await writer.call('updateAlert', input, touchesNothing)))
    },

    async deleteAlert(id, versions) {
      acceptedAlert(id, await writer.call('deleteAlert', { id, versions }, touchesNothing))
    },

    async firings(id, { limit, after }) {
      rowOf(id)
      const rows = session.read(() => alerts.firings(id, after, limit + 1))
      const page = rows.slice(0, limit)
      return {
        items: page.map(({ productId, ...sighting }) => toFiring(productId, sighting)),
        next: rows.length > limit ? present(page.at(-1), 'a firing') : null,
      }
    },

    async fireStale() {
      if (!session.read(() => alerts.isStaleWatched())) return false
      return writer.call('fireStale', session.now(), touchesNothing)
    },
  }
}
