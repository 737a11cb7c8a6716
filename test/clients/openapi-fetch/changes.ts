import assert from 'node:assert/strict'
import { outlastsBreak, type Use } from '../uses.ts'
import { create } from './catalogue.ts'
import { connect } from './client.ts'
import { follow, lastSeq } from './follow.ts'

export const changes = {
  async listChanges({ url, token, productId: product_id }) {
    const client = connect(url, token)
    const query = { product_id, type: 'offer.listed' } as const
    const { data } = await client.GET('/api/v1/changes', { params: { query } })
    const [change] = data?.items ?? []
    assert.equal(change?.type, 'offer.listed')
    assert.equal(typeof change?.price, 'number')

    const { error } = await client.GET('/api/v1/changes', { params: { query: { after: -1 } } })
    assert.equal(error?.statusCode, 400)
  },

  async streamChanges({ url, token, hangUp }) {
    const client = connect(url, token)
    const after = await lastSeq(client)
    await outlastsBreak(follow(client, after), after, hangUp, (name) => create(client, name))
    await assert.rejects(follow(connect(url), after).next(), /401 .*Authorization/)
    await assert.rejects(lastSeq(connect(url)), /Authorization/)
  },

  async getStreamSession({ url, token }) {
    const { data, response } = await connect(url, token).GET('/api/v1/changes/session')
    assert.match(data?.expires_at ?? '', /Z$/)
    assert.match(response.headers.get('set-cookie') ?? '', /; HttpOnly; SameSite=Strict$/)

    const { error } = await connect(url).GET('/api/v1/changes/session')
    assert.equal(error?.statusCode, 401)
  },
} satisfies Record<string, Use>
