import assert from 'node:assert/strict'
import { HUGE_HEADERS, type Use } from '../uses.ts'
import { connect } from './client.ts'

export const system = {
  async getStatus({ url, token }) {
    const { data } = await connect(url, token).GET('/api/v1/status')
    assert.equal(data?.upstream.simulated, false)
    assert.equal(data?.upstream.last_error, null)

    const { error } = await connect(url, 'wrong').GET('/api/v1/status')
    assert.equal(error?.statusCode, 401)
  },

  async getLiveness({ url }) {
    const client = connect(url)
    const { data } = await client.GET('/health/live')
    assert.equal(data?.status, 'ok')
    const { error } = await client.GET('/health/live', { headers: HUGE_HEADERS })
    assert.equal(error?.statusCode, 431)
  },

  async getReadiness({ url }) {
    const client = connect(url)
    const { data } = await client.GET('/health/ready')
    assert.equal(data?.status, 'ok')
    const { error } = await client.GET('/health/ready', { headers: HUGE_HEADERS })
    assert.equal(error?.statusCode, 431)
  },

  async getMetrics({ url }) {
    const client = connect(url)
    const { data } = await client.GET('/metrics', { parseAs: 'text' })
    assert.match(data ?? '', /^# HELP /)
    const { error } = await client.GET('/metrics', { headers: HUGE_HEADERS })
    assert.equal(error?.statusCode, 431)
  },
} satisfies Record<string, Use>
