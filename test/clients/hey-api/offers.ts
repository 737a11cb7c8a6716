import assert from 'node:assert/strict'
import { UNKNOWN_ID, type Use } from '../uses.ts'
import * as api from './api/index.ts'
import { connect } from './client.ts'

export const offers = {
  async listOffers({ url, token, productId: id, offerId }) {
    const client = connect(url, token)
    const { data } = await api.listOffers({ client, path: { id } })
    assert.equal(data?.items[0]?.id, offerId)
    const before = { at: '2020-01-01T00:00:00+01:00' }
    const past = await api.listOffers({ client, path: { id }, query: before })
    assert.deepEqual(past.data?.items, [])

    const { error } = await api.listOffers({ client, path: { id }, query: { at: 'yesterday' } })
    assert.equal(error?.statusCode, 400)
  },

  async getProductTrend({ url, token, productId: id, offerId }) {
    const client = connect(url, token)
    const { data } = await api.getProductTrend({ client, path: { id } })
    assert.equal(data?.interval, 'raw')
    assert.equal(data?.prices?.length, 1)
    assert.equal(data?.offers?.[0]?.offer_id, offerId)
    const hours = await api.getProductTrend({ client, path: { id }, query: { interval: '1h' } })
    assert.ok(hours.data?.buckets?.every(({ open }) => open === data?.low))

    const { error } = await api.getProductTrend({ client, path: { id: UNKNOWN_ID } })
    assert.equal(error?.statusCode, 404)
  },

  async getOfferTrend({ url, token, productId: id, offerId: offer_id }) {
    const client = connect(url, token)
    const { data } = await api.getOfferTrend({ client, path: { id, offer_id } })
    assert.equal(data?.offer_id, offer_id)
    assert.equal(data?.change.percent, 0)

    const { error } = await api.getOfferTrend({ client, path: { id, offer_id: 'none' } })
    assert.equal(error?.code, 'OFFER_NOT_FOUND')
  },

  async listTrends({ url, token, productId: id }) {
    const client = connect(url, token)
    const body = { ids: [id, UNKNOWN_ID], interval: '1h' as const }
    const { data } = await api.listTrends({ client, body })
    assert.equal(data?.items[0]?.product_id, id)
    assert.deepEqual(data?.missing, [UNKNOWN_ID])

    const { error } = await api.listTrends({ client, body: { ids: [] } })
    assert.equal(error?.statusCode, 400)
  },

  async getProductStats({ url, token, productId: id }) {
    const client = connect(url, token)
    const { data } = await api.getProductStats({ client, path: { id } })
    assert.equal(data?.all_time.low?.price, data?.lowest_price)
    assert.equal(data?.windows['30d'].change_percent, 0)

    const { error } = await api.getProductStats({ client, path: { id: UNKNOWN_ID } })
    assert.equal(error?.statusCode, 404)
  },

  async listMovers({ url, token }) {
    const client = connect(url, token)
    const { data } = await api.listMovers({
      client,
      query: { window: '1h', tag: ['none'], min_percent: 1.5, at_low: '30d' },
    })
    assert.deepEqual(data?.items, [])

    const { error } = await api.listMovers({ client, query: { limit: 0 } })
    assert.equal(error?.statusCode, 400)
  },

  async exportPrices({ url, token, productId: product_id, offerId }) {
    const client = connect(url, token)
    const csv = await api.exportPrices({ client, query: { product_id } })
    assert.match(csv.data ?? '', /^product_id,offer_id,at,event,price/)

    const query = { product_id, format: 'ndjson' } as const
    const ndjson = await api.exportPrices({ client, query, parseAs: 'text' })
    const records = ndjson.data?.trimEnd().split('\n') ?? []
    const last: api.PriceRecord = JSON.parse(records.at(-1) ?? '')
    assert.equal(last.offer_id, offerId)

    const { error } = await api.exportPrices({ client, query: { product_id: UNKNOWN_ID } })
    assert.equal(error?.statusCode, 404)
  },
} satisfies Record<string, Use>
