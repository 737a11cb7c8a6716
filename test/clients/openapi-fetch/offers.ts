import assert from 'node:assert/strict'
import { UNKNOWN_ID, type Use } from '../uses.ts'
import { connect } from './client.ts'
import type { components } from './schema.ts'

type PriceRecord = components['schemas']['PriceRecord']

export const offers = {
  async listOffers({ url, token, productId: id, offerId }) {
    const client = connect(url, token)
    const path = '/api/v1/products/{id}/offers'
    const { data } = await client.GET(path, { params: { path: { id } } })
    assert.equal(data?.items[0]?.id, offerId)
    const before = { at: '2020-01-01T00:00:00+01:00' }
    const past = await client.GET(path, { params: { path: { id }, query: before } })
    assert.deepEqual(past.data?.items, [])

    const bad = { at: 'yesterday' }
    const { error } = await client.GET(path, { params: { path: { id }, query: bad } })
    assert.equal(error?.statusCode, 400)
  },

  async getProductTrend({ url, token, productId: id, offerId }) {
    const client = connect(url, token)
    const path = '/api/v1/products/{id}/trend'
    const { data } = await client.GET(path, { params: { path: { id } } })
    assert.equal(data?.interval, 'raw')
    assert.equal(data?.prices?.length, 1)
    assert.equal(data?.offers?.[0]?.offer_id, offerId)
    const query = { interval: '1h' } as const
    const hours = await client.GET(path, { params: { path: { id }, query } })
    assert.ok(hours.data?.buckets?.every(({ open }) => open === data?.low))

    const { error } = await client.GET(path, { params: { path: { id: UNKNOWN_ID } } })
    assert.equal(error?.statusCode, 404)
  },

  async getOfferTrend({ url, token, productId: id, offerId: offer_id }) {
    const client = connect(url, token)
    const path = '/api/v1/products/{id}/offers/{offer_id}/trend'
    const { data } = await client.GET(path, { params: { path: { id, offer_id } } })
    assert.equal(data?.offer_id, offer_id)
    assert.equal(data?.change.percent, 0)

    const { error } = await client.GET(path, { params: { path: { id, offer_id: 'none' } } })
    assert.equal(error?.code, 'OFFER_NOT_FOUND')
  },

  async listTrends({ url, token, productId: id }) {
    const client = connect(url, token)
    const body = { ids: [id, UNKNOWN_ID], interval: '1h' as const }
    const { data } = await client.POST('/api/v1/trends', { body })
    assert.equal(data?.items[0]?.product_id, id)
    assert.deepEqual(data?.missing, [UNKNOWN_ID])

    const { error } = await client.POST('/api/v1/trends', { body: { ...body, ids: [] } })
    assert.equal(error?.statusCode, 400)
  },

  async getProductStats({ url, token, productId: id }) {
    const client = connect(url, token)
    const path = '/api/v1/products/{id}/stats'
    const { data } = await client.GET(path, { params: { path: { id } } })
    assert.equal(data?.all_time.low?.price, data?.lowest_price)
    assert.equal(data?.windows['30d'].change_percent, 0)

    const { error } = await client.GET(path, { params: { path: { id: UNKNOWN_ID } } })
    assert.equal(error?.statusCode, 404)
  },

  async listMovers({ url, token }) {
    const client = connect(url, token)
    const query = { window: '1h' as const, tag: ['none'], min_percent: 1.5, at_low: '30d' as const }
    const { data } = await client.GET('/api/v1/movers', { params: { query } })
    assert.deepEqual(data?.items, [])

    const { error } = await client.GET('/api/v1/movers', { params: { query: { limit: 0 } } })
    assert.equal(error?.statusCode, 400)
  },

  async exportPrices({ url, token, productId: product_id, offerId }) {
    const client = connect(url, token)
    const path = '/api/v1/export/prices'
    const csv = await client.GET(path, { params: { query: { product_id } }, parseAs: 'text' })
    assert.match(csv.data ?? '', /^product_id,offer_id,at,event,price/)

    const query = { product_id, format: 'ndjson' } as const
    const ndjson = await client.GET(path, { params: { query }, parseAs: 'text' })
    const records = ndjson.data?.trimEnd().split('\n') ?? []
    const last: PriceRecord = JSON.parse(records.at(-1) ?? '')
    assert.equal(last.offer_id, offerId)

    const unknown = { product_id: UNKNOWN_ID }
    const { error } = await client.GET(path, { params: { query: unknown } })
    assert.equal(error?.statusCode, 404)
  },
} satisfies Record<string, Use>
