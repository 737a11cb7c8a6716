import assert from 'node:assert/strict'
import { HUGE_HEADERS as headers, type Use } from '../uses.ts'
import * as api from './api/index.ts'
import { connect } from './client.ts'

export const system = {
  async getStatus({ url, token }) {
    const { data } = await api.getStatus({ client: connect(url, token) })
    assert.equal(data?.upstream.simulated, false)
    assert.equal(data?.upstream.last_error, null)

    const { error } = await api.getStatus({ client: connect(url, 'wrong') })
    assert.equal(error?.statusCode, 401)
  },

  async getLiveness({ url }) {
    const client = connect(url)
    const { data } = await api.getLiveness({ client })
    assert.equal(data?.status, 'ok')
    const { error } = await api.getLiveness({ client, headers })
    assert.equal(error?.statusCode, 431)
  },

  async getReadiness({ url }) {
    const client = connect(url)
    const { data } = await api.getReadiness({ client })
    assert.equal(data?.status, 'ok')
    const { error } = await api.getReadiness({ client, headers })
    assert.equal(error?.statusCode, 431)
  },

  async getMetrics({ url }) {
    const client = connect(url)
    const { data } = await api.getMetrics({ client })
    assert.match(data ?? '', /^# HELP /)
    const { error } = await api.getMetrics({ client, headers })
    assert.equal(error?.statusCode, 431)
  },
} satisfies Record<string, Use>
