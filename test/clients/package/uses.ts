import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import type { Change } from 'product-aggregator-client'

/** The package. */
export type Package = typeof import('product-aggregator-client')

/** The service as the client meets it. */
export interface Service {
  url: string
  token: string
  readToken: string
  productId: string
  hangUp(): void
}

const PRODUCTS = '/api/v1/products'
const UNKNOWN_ID = '019aa9f0-5c00-7000-8000-00000000dead'

/** A `fetch` that loses the answers of as many requests as `lost` says, after the service has done what they ask. */
function losing(lost: number) {
  const keys: (string | null)[] = []
  async function fetchAndLose(input: Request | URL | string, init?: RequestInit) {
    const response = await fetch(input, init)
    if (input instanceof Request) keys.push(input.headers.get('idempotency-key'))
    if (keys.length <= lost) throw new TypeError('the connection was reset')
    return response
  }
  return { keys, fetch: fetchAndLose }
}

/** Headers of a message as the service signs it. */
function signed(secret: string, body: string, at = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000))
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const signature = createHmac('sha256', key).update(`msg_1.${timestamp}.${body}`).digest('base64')
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1a,none v1,AAAA v1,${signature}`,
  }
}

export const uses = {
  async 'calls operations, with types'({ createClient }: Package, service: Service) {
    const client = createClient({ baseUrl: service.url, token: service.token })
    const { data } = await client.GET(`${PRODUCTS}/{id}`, {
      params: { path: { id: service.productId } },
    })
    assert.equal(data?.name, 'Mower')
    const { error } = await client.GET(`${PRODUCTS}/{id}`, { params: { path: { id: UNKNOWN_ID } } })
    assert.equal(error?.statusCode, 404)
  },

  async 'gives all items of a list, page after page'({ createClient }: Package, service: Service) {
    const client = createClient({ baseUrl: service.url, token: service.token })
    const items = Array.from({ length: 25 }, (_, index) => ({ name: `Paged ${index}` }))
    await client.POST(`${PRODUCTS}/batch`, { body: { items } })
    const names: string[] = []
    for await (const { name } of client.paginate(PRODUCTS, { q: 'paged', limit: 10 })) {
      names.push(name)
    }
    assert.deepEqual(
      names,
      items.map(({ name }) => name),
    )
    const refused = createClient({ baseUrl: service.url }).paginate(PRODUCTS)
    await assert.rejects(refused.next(), { name: 'RefusedError', status: 401 })
  },

  async 'creates once although the answer was lost'({ createClient }: Package, service: Service) {
    const { keys, fetch } = losing(1)
    const { url: baseUrl, token } = service
    const client = createClient({ baseUrl, token, fetch })
    const created = await client.POST(PRODUCTS, { body: { name: 'Only one' } })
    assert.equal(created.response.status, 201)
    assert.equal(keys.length, 2)
    assert.equal(keys[0], keys[1])
    assert.match(String(keys[0]), /^[\da-f-]{36}$/)
    const found: string[] = []
    for await (const { id } of client.paginate(PRODUCTS, { q: 'only one' })) found.push(id)
    assert.deepEqual(found, [created.data?.id])
  },

  async 'gives up after as many tries as it was told'({ createClient }: Package, service: Service) {
    const { url: baseUrl, token } = service
    for (const [retries, method] of [
      [1, 'GET'],
      [1, 'PATCH'],
      [0, 'GET'],
    ] as const) {
      const { keys, fetch } = losing(9)
      const client = createClient({ baseUrl, token, fetch, retries })
      const params = { path: { id: service.productId } }
      const call =
        method === 'GET'
          ? client.GET(`${PRODUCTS}/{id}`, { params })
          : client.PATCH(`${PRODUCTS}/{id}`, { params, body: { name: 'Mower' } })
      await assert.rejects(call, /reset/)
      assert.equal(keys.length, method === 'PATCH' ? 1 : 1 + retries, method)
    }
  },

  async 'follows the changes over a break'({ createClient }: Package, service: Service) {
    const client = createClient({ baseUrl: service.url, token: service.token })
    const { data: status } = await client.GET('/api/v1/status')
    const after = status?.last_seq ?? 0
    const create = async (name: string) =>
      (await client.POST(PRODUCTS, { body: { name } })).data?.id ?? ''
    await create('Before the break')
    const seen: Change[] = []
    let second: string | undefined
    for await (const change of client.changes({ after })) {
      seen.push(change)
      if (change.product_id === second) break
      if (second !== undefined) continue
      service.hangUp()
      second = await create('Behind the break')
    }
    assert.deepEqual(
      seen.map(({ seq }) => seq),
      seen.map((_, index) => after + 1 + index),
    )
  },

  async 'stops following when it is told to'({ createClient }: Package, service: Service) {
    const client = createClient({ baseUrl: service.url, token: service.token })
    const ended = new AbortController()
    const changes = client.changes({ after: 0, type: 'product.created', signal: ended.signal })
    assert.equal((await changes.next()).value?.product_id, service.productId)
    await client.POST(PRODUCTS, { body: { name: 'Not followed' } })
    ended.abort()
    assert.deepEqual(await changes.next(), { done: true, value: undefined })
    const later = new AbortController()
    const none = client.changes({ after: 0, type: 'product.deleted', signal: later.signal })
    const next = none.next()
    later.abort()
    assert.deepEqual(await next, { done: true, value: undefined })
    const refused = createClient({ baseUrl: service.url }).changes({ after: 0 })
    await assert.rejects(refused.next(), { name: 'RefusedError', status: 401 })
  },

  async 'verifies webhooks'({ verifyWebhook }: Package) {
    const secret = `whsec_${Buffer.from('a secret of some length').toString('base64')}`
    const message = { type: 'product.created', timestamp: '2026-01-01T00:00:00.000Z', data: {} }
    const body = JSON.stringify(message)
    const headers = signed(secret, body)
    assert.deepEqual(await verifyWebhook(secret, headers, body), message)
    assert.deepEqual(
      await verifyWebhook(['whsec_b2xk', secret], new Headers(headers), body),
      message,
    )
    const [minute, { 'webhook-id': _, ...withoutId }] = [60_000, headers]
    const refused: [string, Record<string, string>, string][] = [
      [secret, headers, `${body} `],
      ['whsec_b3RoZXI=', headers, body],
      [secret, withoutId, body],
      [secret, signed(secret, body, Date.now() - 6 * minute), body],
      [secret, signed(secret, body, Date.now() + 6 * minute), body],
      [secret, { ...headers, 'webhook-timestamp': 'now' }, body],
      [secret, { ...headers, 'webhook-signature': 'v1,?' }, body],
    ]
    for (const each of refused) {
      await assert.rejects(verifyWebhook(...each), { name: 'WebhookError' })
    }
  },
}
