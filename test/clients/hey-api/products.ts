import assert from 'node:assert/strict'
import { UNKNOWN_ID, type Use } from '../uses.ts'
import * as api from './api/index.ts'
import { create, put, rename, search } from './catalogue.ts'
import { connect } from './client.ts'

export const products = {
  async createProduct({ url, token, readToken }) {
    const product = await create(connect(url, token), 'Axe', 'For wood')
    assert.equal(product.description, 'For wood')
    await assert.rejects(create(connect(url, token), ' '), /^Error: 400 Give the product a name/)

    for (const [bearer, status] of [[undefined, 401] as const, [readToken, 403] as const]) {
      const client = connect(url, bearer)
      const refused = await api.createProduct({ client, body: { name: 'Axe' } })
      assert.equal(refused.error?.statusCode, status)
    }
  },

  async createProducts({ url, token }) {
    const client = connect(url, token)
    const items = [{ name: 'Saw' }, { name: '' }]
    const { data } = await api.createProducts({ client, body: { items } })
    assert.equal(data?.items[0]?.product?.name, 'Saw')
    assert.equal(data?.items[1]?.error?.statusCode, 400)

    const { error } = await api.createProducts({ client, body: { items: [] } })
    assert.equal(error?.statusCode, 400)
  },

  async updateProducts({ url, token }) {
    const client = connect(url, token)
    const { id } = await create(client, 'Saw')
    const items = [
      { id, name: 'Saw 2' },
      { id: UNKNOWN_ID, name: 'Saw 3' },
    ]
    const { data } = await api.updateProducts({ client, body: { items } })
    assert.equal(data?.items[0]?.product?.name, 'Saw 2')
    assert.equal(data?.items[1]?.error?.code, 'PRODUCT_NOT_FOUND')

    const { error } = await api.updateProducts({ client, body: { items: [] } })
    assert.equal(error?.statusCode, 400)
  },

  async deleteProducts({ url, token }) {
    const client = connect(url, token)
    const { id } = await create(client, 'Saw')
    const { data } = await api.deleteProducts({ client, body: { ids: [id, UNKNOWN_ID] } })
    assert.equal(data?.items[0]?.status, 'deleted')
    assert.equal(data?.items[1]?.error?.code, 'PRODUCT_NOT_FOUND')

    const { error } = await api.deleteProducts({ client, body: { ids: [] } })
    assert.equal(error?.statusCode, 400)
  },

  async listProducts({ url, token }) {
    const client = connect(url, token)
    const items = Array.from({ length: 60 }, (_, index) => ({ name: `Paged ${index}` }))
    await api.createProducts({ client, body: { items } })
    const names: string[] = []
    for await (const { name } of search(client, 'paged')) names.push(name)
    assert.equal(names.length, items.length)

    const { error } = await api.listProducts({ client, query: { limit: 0 } })
    assert.equal(error?.statusCode, 400)
  },

  async getProduct({ url, token, productId: id }) {
    const client = connect(url, token)
    const { data, response } = await api.getProduct({ client, path: { id } })
    assert.equal(data?.registration.status, 'registered')
    assert.equal(typeof data?.lowest_price, 'number')

    const headers = { 'if-none-match': response?.headers.get('etag') ?? '' }
    const again = await api.getProduct({ client, path: { id }, headers })
    assert.equal(again.response?.status, 304)
    assert.equal(again.data, undefined)

    const { error } = await api.getProduct({ client, path: { id: UNKNOWN_ID } })
    assert.equal(error?.code, 'PRODUCT_NOT_FOUND')
  },

  async putProductByExternalId({ url, token }) {
    const client = connect(url, token)
    const created = await put(client, 'AB/1', 'First')
    assert.equal(created?.external_id, 'AB/1')
    const replaced = await put(client, 'AB/1', 'Second')
    assert.deepEqual([replaced?.id, replaced?.name], [created?.id, 'Second'])

    const { error } = await api.putProductByExternalId({
      client,
      path: { external_id: 'AB/2' },
      headers: { 'if-match': '*' },
      body: { name: 'None' },
    })
    assert.equal(error?.statusCode, 412)
  },

  async getProductByExternalId({ url, token }) {
    const client = connect(url, token)
    const path = { external_id: 'šroub 10%' }
    assert.equal((await api.getProductByExternalId({ client, path })).error?.statusCode, 404)
    const created = await put(client, path.external_id, 'Screw')
    assert.equal((await api.getProductByExternalId({ client, path })).data?.id, created?.id)
  },

  async updateProduct({ url, token }) {
    const client = connect(url, token)
    const path = { id: (await create(client, 'Old')).id }
    const read = await api.getProduct({ client, path })
    const renamed = await rename(client, path.id, 'New')
    assert.equal(renamed?.name, 'New')

    const headers = { 'if-match': read.response?.headers.get('etag') ?? '' }
    const late = await api.updateProduct({ client, path, headers, body: { name: 'Late' } })
    assert.equal(late.error?.statusCode, 412)
  },

  async deleteProduct({ url, token }) {
    const client = connect(url, token)
    const path = { id: (await create(client, 'Gone')).id }
    const kept = await api.deleteProduct({ client, path, headers: { 'if-match': '"0-other"' } })
    assert.equal(kept.error?.statusCode, 412)

    const { response } = await api.deleteProduct({ client, path })
    assert.equal(response?.status, 204)
    const again = await api.deleteProduct({ client, path })
    assert.equal(again.error?.statusCode, 404)
  },
} satisfies Record<string, Use>
