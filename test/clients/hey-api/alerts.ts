import assert from 'node:assert/strict'
import { UNKNOWN_ID, type Use } from '../uses.ts'
import * as api from './api/index.ts'
import { connect } from './client.ts'

type Client = ReturnType<typeof connect>

const condition = { type: 'price_below', price: 1 } as const

/** Creates an alert about a product. */
async function alertOn(client: Client, product_id: string): Promise<string> {
  const { data } = await api.createAlert({ client, body: { name: 'Cheap', product_id, condition } })
  assert.ok(data)
  return data.id
}

const unknown = { id: UNKNOWN_ID }

export const alerts = {
  async createAlert({ url, token, readToken, productId }) {
    assert.ok(await alertOn(connect(url, token), productId))
    const body = { name: 'Cheap', condition }
    const { error } = await api.createAlert({ client: connect(url, readToken), body })
    assert.equal(error?.statusCode, 403)
  },

  async listAlerts({ url, token, productId }) {
    const client = connect(url, token)
    await alertOn(client, productId)
    const { data } = await api.listAlerts({ client })
    assert.equal(data?.items[0]?.condition.type, 'price_below')
    const { error } = await api.listAlerts({ client: connect(url) })
    assert.equal(error?.statusCode, 401)
  },

  async getAlert({ url, token, productId }) {
    const client = connect(url, token)
    const path = { id: await alertOn(client, productId) }
    const { data } = await api.getAlert({ client, path })
    assert.equal(data?.product_id, productId)
    const { error } = await api.getAlert({ client, path: unknown })
    assert.equal(error?.statusCode, 404)
  },

  async updateAlert({ url, token, productId }) {
    const client = connect(url, token)
    const path = { id: await alertOn(client, productId) }
    const body = { enabled: false }
    const { data } = await api.updateAlert({ client, path, body })
    assert.equal(data?.enabled, false)
    const { error } = await api.updateAlert({ client, path: unknown, body })
    assert.equal(error?.statusCode, 404)
  },

  async deleteAlert({ url, token, productId }) {
    const client = connect(url, token)
    const path = { id: await alertOn(client, productId) }
    const { response } = await api.deleteAlert({ client, path })
    assert.equal(response?.status, 204)
    const { error } = await api.deleteAlert({ client, path })
    assert.equal(error?.statusCode, 404)
  },

  async listAlertFirings({ url, token, productId }) {
    const client = connect(url, token)
    const path = { id: await alertOn(client, productId) }
    const { data } = await api.listAlertFirings({ client, path })
    assert.deepEqual(data, { items: [], next_cursor: null })
    const { error } = await api.listAlertFirings({ client, path: unknown })
    assert.equal(error?.statusCode, 404)
  },

  async previewAlert({ url, token, productId: product_id }) {
    const client = connect(url, token)
    const { data } = await api.previewAlert({ client, body: { product_id, condition } })
    assert.equal(data?.resolution, 'raw')
    const { error } = await api.previewAlert({ client, body: { condition: { type: 'stale' } } })
    assert.equal(error?.statusCode, 400)
  },
} satisfies Record<string, Use>
