import assert from 'node:assert/strict'
import { UNKNOWN_ID, type Use } from '../uses.ts'
import { connect } from './client.ts'

type Client = ReturnType<typeof connect>

const condition = { type: 'price_below', price: 1 } as const

/** Creates an alert about a product. */
async function alertOn(client: Client, product_id: string): Promise<string> {
  const body = { name: 'Cheap', product_id, condition }
  const { data } = await client.POST('/api/v1/alerts', { body })
  assert.ok(data)
  return data.id
}

const unknown = { params: { path: { id: UNKNOWN_ID } } }

export const alerts = {
  async createAlert({ url, token, readToken, productId }) {
    assert.ok(await alertOn(connect(url, token), productId))
    const body = { name: 'Cheap', condition }
    const { error } = await connect(url, readToken).POST('/api/v1/alerts', { body })
    assert.equal(error?.statusCode, 403)
  },

  async listAlerts({ url, token, productId }) {
    const client = connect(url, token)
    await alertOn(client, productId)
    const { data } = await client.GET('/api/v1/alerts')
    assert.equal(data?.items[0]?.condition.type, 'price_below')
    const { error } = await connect(url).GET('/api/v1/alerts')
    assert.equal(error?.statusCode, 401)
  },

  async getAlert({ url, token, productId }) {
    const client = connect(url, token)
    const id = await alertOn(client, productId)
    const { data } = await client.GET('/api/v1/alerts/{id}', { params: { path: { id } } })
    assert.equal(data?.product_id, productId)
    const { error } = await client.GET('/api/v1/alerts/{id}', unknown)
    assert.equal(error?.statusCode, 404)
  },

  async updateAlert({ url, token, productId }) {
    const client = connect(url, token)
    const params = { path: { id: await alertOn(client, productId) } }
    const body = { enabled: false }
    const { data } = await client.PATCH('/api/v1/alerts/{id}', { params, body })
    assert.equal(data?.enabled, false)
    const { error } = await client.PATCH('/api/v1/alerts/{id}', { ...unknown, body })
    assert.equal(error?.statusCode, 404)
  },

  async deleteAlert({ url, token, productId }) {
    const client = connect(url, token)
    const params = { path: { id: await alertOn(client, productId) } }
    const { response } = await client.DELETE('/api/v1/alerts/{id}', { params })
    assert.equal(response.status, 204)
    const { error } = await client.DELETE('/api/v1/alerts/{id}', { params })
    assert.equal(error?.statusCode, 404)
  },

  async listAlertFirings({ url, token, productId }) {
    const client = connect(url, token)
    const params = { path: { id: await alertOn(client, productId) } }
    const { data } = await client.GET('/api/v1/alerts/{id}/firings', { params })
    assert.deepEqual(data, { items: [], next_cursor: null })
    const { error } = await client.GET('/api/v1/alerts/{id}/firings', unknown)
    assert.equal(error?.statusCode, 404)
  },

  async previewAlert({ url, token, productId: product_id }) {
    const client = connect(url, token)
    const body = { product_id, condition }
    const { data } = await client.POST('/api/v1/alerts/preview', { body })
    assert.equal(data?.resolution, 'raw')
    const { error } = await client.POST('/api/v1/alerts/preview', {
      body: { condition: { type: 'stale' } },
    })
    assert.equal(error?.statusCode, 400)
  },
} satisfies Record<string, Use>
