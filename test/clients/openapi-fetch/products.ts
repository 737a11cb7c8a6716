import assert from 'node:assert/strict'
import { UNKNOWN_ID, type Use } from '../uses.ts'
import { create, put, rename, search } from './catalogue.ts'
import { connect } from './client.ts'

const PRODUCT = '/api/v1/products/{id}'
const BY_EXTERNAL_ID = '/api/v1/products/by-external-id/{external_id}'

export const products = {
  async createProduct({ url, token, readToken }) {
    const product = await create(connect(url, token), 'Axe', 'For wood')
    assert.equal(product.description, 'For wood')
    await assert.rejects(create(connect(url, token), ' '), /^Error: 400 Give the product a name/)

    for (const [bearer, status] of [[undefined, 401] as const, [readToken, 403] as const]) {
      const refused = await connect(url, bearer).POST('/api/v1/products', { body: { name: 'Axe' } })
      assert.equal(refused.error?.statusCode, status)
    }
  },

  async createProducts({ url, token }) {
    const client = connect(url, token)
    const path = '/api/v1/products/batch'
    const { data } = await client.POST(path, { body: { items: [{ name: 'Saw' }, { name: '' }] } })
    assert.equal(data?.items[0]?.product?.name, 'Saw')
    assert.equal(data?.items[1]?.error?.statusCode, 400)

    const { error } = await client.POST(path, { body: { items: [] } })
    assert.equal(error?.statusCode, 400)
  },

  async updateProducts({ url, token }) {
    const client = connect(url, token)
    const { id } = await create(client, 'Saw')
    const path = '/api/v1/products/batch/update'
    const items = [
      { id, name: 'Saw 2' },
      { id: UNKNOWN_ID, name: 'Saw 3' },
    ]
    const { data } = await client.POST(path, { body: { items } })
    assert.equal(data?.items[0]?.product?.name, 'Saw 2')
    assert.equal(data?.items[1]?.error?.code, 'PRODUCT_NOT_FOUND')

    const { error } = await client.POST(path, { body: { items: [] } })
    assert.equal(error?.statusCode, 400)
  },

  async deleteProducts({ url, token }) {
    const client = connect(url, token)
    const { id } = await create(client, 'Saw')
    const path = '/api/v1/products/batch/delete'
    const { data } = await client.POST(path, { body: { ids: [id, UNKNOWN_ID] } })
    assert.equal(data?.items[0]?.status, 'deleted')
    assert.equal(data?.items[1]?.error?.code, 'PRODUCT_NOT_FOUND')

    const { error } = await client.POST(path, { body: { ids: [] } })
    assert.equal(error?.statusCode, 400)
  },

  async listProducts({ url, token }) {
    const client = connect(url, token)
    const items = Array.from({ length: 60 }, (_, index) => ({ name: `Paged ${index}` }))
    await client.POST('/api/v1/products/batch', { body: { items } })
    const names: string[] = []
    for await (const { name } of search(client, 'paged')) names.push(name)
    assert.equal(names.length, items.length)

    const { error } = await client.GET('/api/v1/products', { params: { query: { limit: 0 } } })
    assert.equal(error?.statusCode, 400)
  },

  async getProduct({ url, token, productId: id }) {
    const client = connect(url, token)
    const { data, response } = await client.GET(PRODUCT, { params: { path: { id } } })
    assert.equal(data?.registration.status, 'registered')
    assert.equal(typeof data?.lowest_price, 'number')

    const header = { 'if-none-match': response.headers.get('etag') ?? '' }
    const again = await client.GET(PRODUCT, { params: { path: { id }, header } })
    assert.equal(again.response.status, 304)
    assert.equal(again.data, undefined)

    const { error } = await client.GET(PRODUCT, { params: { path: { id: UNKNOWN_ID } } })
    assert.equal(error?.code, 'PRODUCT_NOT_FOUND')
  },

  async putProductByExternalId({ url, token }) {
    const client = connect(url, token)
    const created = await put(client, 'AB/1', 'First')
    assert.equal(created?.external_id, 'AB/1')
    const replaced = await put(client, 'AB/1', 'Second')
    assert.deepEqual([replaced?.id, replaced?.name], [created?.id, 'Second'])

    const params = { path: { external_id: 'AB/2' }, header: { 'if-match': '*' } }
    const { error } = await client.PUT(BY_EXTERNAL_ID, { params, body: { name: 'None' } })
    assert.equal(error?.statusCode, 412)
  },

  async getProductByExternalId({ url, token }) {
    const client = connect(url, token)
    const params = { path: { external_id: 'šroub 10%' } }
    assert.equal((await client.GET(BY_EXTERNAL_ID, { params })).error?.statusCode, 404)
    const created = await put(client, params.path.external_id, 'Screw')
    assert.equal((await client.GET(BY_EXTERNAL_ID, { params })).data?.id, created?.id)
  },

  async updateProduct({ url, token }) {
    const client = connect(url, token)
    const { id } = await create(client, 'Old')
    const read = await client.GET(PRODUCT, { params: { path: { id } } })
    const renamed = await rename(client, id, 'New')
    assert.equal(renamed?.name, 'New')

    const header = { 'if-match': read.response.headers.get('etag') ?? '' }
    const params = { path: { id }, header }
    const late = await client.PATCH(PRODUCT, { params, body: { name: 'Late' } })
    assert.equal(late.error?.statusCode, 412)
  },

  async deleteProduct({ url, token }) {
    const client = connect(url, token)
    const path = { id: (await create(client, 'Gone')).id }
    const header = { 'if-match': '"0-other"' }
    const kept = await client.DELETE(PRODUCT, { params: { path, header } })
    assert.equal(kept.error?.statusCode, 412)

    const { response, data } = await client.DELETE(PRODUCT, { params: { path } })
    assert.equal(response.status, 204)
    assert.equal(data, undefined)
    const again = await client.DELETE(PRODUCT, { params: { path } })
    assert.equal(again.error?.statusCode, 404)
  },
} satisfies Record<string, Use>
