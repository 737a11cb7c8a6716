import assert from 'node:assert/strict'
import { outlastsBreak, type Use } from '../uses.ts'
import * as api from './api/index.ts'
import { create } from './catalogue.ts'
import { connect } from './client.ts'
import { follow, lastSeq } from './follow.ts'

export const changes = {
  async listChanges({ url, token, productId: product_id }) {
    const client = connect(url, token)
    const { data } = await api.listChanges({ client, query: { product_id, type: 'offer.listed' } })
    const [change] = data?.items ?? []
    assert.equal(change?.type, 'offer.listed')
    assert.equal(typeof change?.price, 'number')

    const { error } = await api.listChanges({ client, query: { after: -1 } })
    assert.equal(error?.statusCode, 400)
  },

  async streamChanges({ url, token, hangUp }) {
    const client = connect(url, token)
    const after = await lastSeq(client)
    await outlastsBreak(follow(client, after), after, hangUp, (name) => create(client, name))
    await assert.rejects(follow(connect(url), after).next(), /401 .*Authorization/)
    await assert.rejects(lastSeq(connect(url)), /Authorization/)
    const faults: unknown[] = []
    const { stream } = await api.streamChanges({
      client: connect(url),
      sseMaxRetryAttempts: 1,
      onSseError: (fault) => faults.push(fault),
    })
    assert.equal((await stream.next()).done, true)
    assert.match(String(faults[0]), /401/)
  },

  async getStreamSession({ url, token }) {
    const { data } = await api.getStreamSession({ client: connect(url, token) })
    assert.match(data?.expires_at ?? '', /Z$/)

    const { error } = await api.getStreamSession({ client: connect(url) })
    assert.equal(error?.statusCode, 401)
  },
} satisfies Record<string, Use>
