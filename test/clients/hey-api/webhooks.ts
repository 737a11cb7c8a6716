import assert from 'node:assert/strict'
import { UNKNOWN_ID, type Use } from '../uses.ts'
import * as api from './api/index.ts'
import { connect } from './client.ts'

const NOBODY = { path: { id: UNKNOWN_ID } }

async function add(client: ReturnType<typeof connect>) {
  const body = { url: 'https://receiver.example.com/' }
  const { data } = await api.createWebhook({ client, body })
  assert.match(data?.secret ?? '', /^whsec_/)
  return { client, path: { id: data?.id ?? '' } }
}

export const webhooks = {
  async createWebhook({ url, token }) {
    const client = connect(url, token)
    await add(client)
    const { error } = await api.createWebhook({ client, body: { url: 'http://127.0.0.1/' } })
    assert.match(error?.message ?? '', /private address/)
  },

  async listWebhooks({ url, token }) {
    const { data } = await api.listWebhooks({ client: connect(url, token) })
    assert.ok(data?.items)
    const { error } = await api.listWebhooks({ client: connect(url) })
    assert.equal(error?.statusCode, 401)
  },

  async getWebhook({ url, token }) {
    const client = connect(url, token)
    const { data } = await api.getWebhook(await add(client))
    assert.equal(data?.enabled, true)
    assert.equal((await api.getWebhook({ client, ...NOBODY })).error?.statusCode, 404)
  },

  async updateWebhook({ url, token }) {
    const client = connect(url, token)
    const body = { batch_size: 9 }
    const { data } = await api.updateWebhook({ ...(await add(client)), body })
    assert.equal(data?.batch_size, 9)
    assert.equal((await api.updateWebhook({ client, ...NOBODY, body })).error?.statusCode, 404)
  },

  async deleteWebhook({ url, token }) {
    const client = connect(url, token)
    const { response } = await api.deleteWebhook(await add(client))
    assert.equal(response?.status, 204)
    assert.equal((await api.deleteWebhook({ client, ...NOBODY })).error?.statusCode, 404)
  },

  async testWebhook({ url, token }) {
    const client = connect(url, token)
    const { data } = await api.testWebhook(await add(client))
    assert.equal(data?.delivered, false)
    assert.equal((await api.testWebhook({ client, ...NOBODY })).error?.statusCode, 404)
  },

  async replayWebhook({ url, token }) {
    const client = connect(url, token)
    const body = { after: 0 }
    const { data } = await api.replayWebhook({ ...(await add(client)), body })
    assert.equal(data?.cursor, 0)
    assert.equal((await api.replayWebhook({ client, ...NOBODY, body })).error?.statusCode, 404)
  },

  async rotateWebhookSecret({ url, token }) {
    const client = connect(url, token)
    const { data } = await api.rotateWebhookSecret(await add(client))
    assert.match(data?.secret ?? '', /^whsec_/)
    assert.equal((await api.rotateWebhookSecret({ client, ...NOBODY })).error?.statusCode, 404)
  },
} satisfies Record<string, Use>
