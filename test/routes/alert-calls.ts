/** The calls of the operations about alerts, for the test of the whole contract. */
import type { InjectOptions } from 'fastify'
import { API, type App } from './helper.ts'

export const ALERTS = `${API}/alerts`

const condition = { type: 'price_below', price: 1 }

/** A call of each operation that goes well, with the id of a product that has an offer, and of an alert. */
export const alertCalls: Record<string, (id: string, alert: string) => InjectOptions> = {
  createAlert: () => ({ method: 'POST', url: ALERTS, payload: { name: 'Low', condition } }),
  listAlerts: () => ({ url: ALERTS }),
  getAlert: (_id, alert) => ({ url: `${ALERTS}/${alert}` }),
  updateAlert: (_id, alert) => ({
    method: 'PATCH',
    url: `${ALERTS}/${alert}`,
    payload: { name: 'Lower' },
  }),
  deleteAlert: (_id, alert) => ({ method: 'DELETE', url: `${ALERTS}/${alert}` }),
  listAlertFirings: (_id, alert) => ({ url: `${ALERTS}/${alert}/firings` }),
  previewAlert: (id) => ({
    method: 'POST',
    url: `${ALERTS}/preview`,
    payload: { product_id: id, condition: { type: 'price_below', price: 11 }, fire_if_true: true },
  }),
}

/** Calls that are answered with an error that the operation documents, with the id of a product. */
export const alertFailures: Record<string, (id: string) => InjectOptions> = {
  createAlert: () => ({ method: 'POST', url: ALERTS, payload: { name: 'Low' } }),
  getAlert: (id) => ({ url: `${ALERTS}/${id}` }),
  updateAlert: (id) => ({ method: 'PATCH', url: `${ALERTS}/${id}`, payload: { enabled: true } }),
  deleteAlert: (id) => ({ method: 'DELETE', url: `${ALERTS}/${id}` }),
  listAlertFirings: (id) => ({ url: `${ALERTS}/${id}/firings` }),
  previewAlert: (id) => ({
    method: 'POST',
    url: `${ALERTS}/preview`,
    payload: { product_id: id.replace(/.$/, 'f'), condition },
  }),
}

/** Creates two alerts that have fired, one of which can be deleted; gives their ids. */
export async function createTwoAlerts(app: App): Promise<{ kept: string; deleted: string }> {
  const payload = { name: 'Low', condition: { ...condition, price: 11 }, fire_if_true: true }
  const create = async () =>
    (await app.inject({ method: 'POST', url: ALERTS, payload })).json<{ id: string }>().id
  return { kept: await create(), deleted: await create() }
}
