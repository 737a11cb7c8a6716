import assert from 'node:assert/strict'
import { UNKNOWN_ID, type Use } from '../uses.ts'
import { connect } from './client.ts'

const ALL = '/api/v1/webhooks'
const ONE = '/api/v1/webhooks/{id}'
const NOBODY = { params: { path: { id: UNKNOWN_ID } } }

async function add(client: ReturnType<typeof connect>) {
  const { data } = await client.POST(ALL, { body: { url: 'https://receiver.example.com/' } })
  assert.match(data?.secret ?? '', /^whsec_/)
  return { params: { path: { id: data?.id ?? '' } } }
}

export const webhooks = {
  async createWebhook({ url, token }) {
    const client = connect(url, token)
    await add(client)
    const { error } = await client.POST(ALL, { body: { url: 'http://127.0.0.1/' } })
    assert.match(error?.message ?? '', /private address/)
  },

  async listWebhooks({ url, token }) {
    const { data } = await connect(url, token).GET(ALL)
    assert.ok(data?.items)
    const { error } = await connect(url).GET(ALL)
    assert.equal(error?.statusCode, 401)
  },

  async getWebhook({ url, token }) {
    const client = connect(url, token)
    const { data } = await client.GET(ONE, await add(client))
    assert.equal(data?.enabled, true)
    assert.equal((await client.GET(ONE, NOBODY)).error?.statusCode, 404)
  },

  async updateWebhook({ url, token }) {
    const client = connect(url, token)
    const body = { batch_size: 9 }
    const { data } = await client.PATCH(ONE, { ...(await add(client)), body })
    assert.equal(data?.batch_size, 9)
    assert.equal((await client.PATCH(ONE, { ...NOBODY, body })).error?.statusCode, 404)
  },

  async deleteWebhook({ url, token }) {
    const client = connect(url, token)
    const { response } = await client.DELETE(ONE, await add(client))
    assert.equal(response.status, 204)
    assert.equal((await client.DELETE(ONE, NOBODY)).error?.statusCode, 404)
  },

  async testWebhook({ url, token }) {
    const client = connect(url, token)
    const { data } = await client.POST('/api/v1/webhooks/{id}/test', await add(client))
    assert.equal(data?.delivered, false)
    const { error } = await client.POST('/api/v1/webhooks/{id}/test', NOBODY)
    assert.equal(error?.statusCode, 404)
  },

  async replayWebhook({ url, token }) {
    const client = connect(url, token)
    const body = { after: 0 }
    const path = '/api/v1/webhooks/{id}/replay'
    const { data } = await client.POST(path, { ...(await add(client)), body })
    assert.equal(data?.cursor, 0)
    assert.equal((await client.POST(path, { ...NOBODY, body })).error?.statusCode, 404)
  },

  async rotateWebhookSecret({ url, token }) {
    const client = connect(url, token)
    const path = '/api/v1/webhooks/{id}/rotate-secret'
    const { data } = await client.POST(path, await add(client))
    assert.match(data?.secret ?? '', /^whsec_/)
    assert.equal((await client.POST(path, NOBODY)).error?.statusCode, 404)
  },
} satisfies Record<string, Use>
