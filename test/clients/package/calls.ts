import { createClient } from 'product-aggregator-client'
import { fails, failure, same } from './expect.ts'
import { answering, busy, losing, PRODUCT, PRODUCTS, type Use } from './service.ts'

const UNKNOWN_ID = '019aa9f0-5c00-7000-8000-00000000dead'

export const calls = {
  async 'calls operations, with types'({ url, token, productId }) {
    const client = createClient({ baseUrl: url, token })
    const { data } = await client.GET(PRODUCT, { params: { path: { id: productId } } })
    same(data?.name, 'Mower')
    const { error } = await client.GET(PRODUCT, { params: { path: { id: UNKNOWN_ID } } })
    same(error?.statusCode, 404)
  },

  async 'creates once although the answer was lost'({ url, token }) {
    const { keys, fetch } = losing(1)
    const client = createClient({ baseUrl: url, token, fetch })
    const created = await client.POST(PRODUCTS, { body: { name: 'Only one' } })
    same(created.response.status, 201)
    same(keys.length, 2)
    same(keys[0], keys[1])
    same(/^[\da-f-]{35}$/.test(String(keys[0])), true, 'whether the key is one')
    const found: string[] = []
    for await (const { id } of client.paginate(PRODUCTS, { q: 'only one' })) found.push(id)
    same(found, [created.data?.id])
  },

  async 'tells a change of someone else from a taken key'({ url, token }) {
    const client = createClient({ baseUrl: url, token })
    const body = { name: 'Contested', external_id: 'contested' }
    const { data, response } = await client.POST(PRODUCTS, { body })
    const params = {
      path: { id: data?.id ?? '' },
      header: { 'if-match': response.headers.get('etag') ?? '' },
    }
    const first = await client.PATCH(PRODUCT, { params, body: { name: 'Changed' } })
    same(first.data?.name, 'Changed')
    const second = await client.PATCH(PRODUCT, { params, body: { name: 'Changed again' } })
    same(second.error?.statusCode, 412)
    const { error } = await client.POST(PRODUCTS, { body })
    same([error?.statusCode, error?.code], [409, 'EXTERNAL_ID_TAKEN'])
  },

  async 'gives up after as many tries as it was told'({ url, token, productId }) {
    for (const [retries, method] of [
      [1, 'GET'],
      [1, 'PATCH'],
      [0, 'GET'],
    ] as const) {
      const { keys, fetch } = losing(9)
      const client = createClient({ baseUrl: url, token, fetch, retries })
      const params = { path: { id: productId } }
      const call =
        method === 'GET'
          ? client.GET(PRODUCT, { params })
          : client.PATCH(PRODUCT, { params, body: { name: 'Mower' } })
      await fails(call, { message: 'the connection was reset' })
      same(keys.length, method === 'PATCH' ? 1 : 1 + retries, method)
    }
  },

  async 'sends what would be done twice once'({ url, productId }) {
    const params = { path: { id: productId } }
    const { requests, fetch } = answering(() => new Response(null, { status: 503 }))
    const client = createClient({ baseUrl: url, fetch })
    await client.POST('/api/v1/webhooks/{id}/rotate-secret', { params })
    await client.POST('/api/v1/webhooks/{id}/test', { params })
    same(
      requests.map(({ url }) => url.split('/').at(-1)),
      ['rotate-secret', 'test'],
    )
  },

  async 'gives the errors of others the shape of its own'({ url }) {
    const message = (status: number) =>
      `Status ${status} from a proxy or another server; check the baseUrl if it stays`
    const empty = { 'content-length': '0' }
    for (const answer of [
      () => new Response('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway' }),
      () => new Response(null, { status: 404, statusText: 'Bad Gateway', headers: empty }),
      () => Response.json({ fault: 'yes' }, { status: 403, statusText: 'Bad Gateway' }),
      () => Response.json(null, { status: 500, statusText: 'Bad Gateway' }),
    ]) {
      const { status: statusCode } = answer()
      const { fetch } = answering(answer)
      const client = createClient({ baseUrl: url, retries: 0, fetch })
      const { error } = await client.GET('/api/v1/status')
      same(error, { statusCode, error: 'Bad Gateway', message: message(statusCode) })
      const refused = { name: 'RefusedError', status: statusCode, message: message(statusCode) }
      await fails(client.paginate(PRODUCTS).next(), refused)
    }
  },

  async 'ends a call when its signal aborts, also before another try'({ url, token }) {
    const reason = new Error('enough')
    const ended = new AbortController()
    const client = createClient({ baseUrl: url, token })
    const { signal } = ended
    const { fetch } = answering(() => {
      setTimeout(() => ended.abort(reason), 0)
      return busy('30')()
    })
    const waiting = createClient({ baseUrl: url, fetch }).GET('/api/v1/status', { signal })
    same((await failure(waiting)) === reason, true, 'whether the wait ends with the reason')
    const body = { name: 'Never sent' }
    await failure(client.POST(PRODUCTS, { body, signal }))
    await failure(client.paginate(PRODUCTS, {}, { signal }).next())
    for await (const change of client.changes({ after: 0, signal })) same(change, 'none')
    for await (const { name } of client.paginate(PRODUCTS, { q: 'never' })) same(name, 'none')
  },

  async 'takes an address with a path and slashes, and no other'({ url, token }) {
    for (const baseUrl of ['https://example.com/shop', 'https://example.com/shop//']) {
      for (const address of [baseUrl, new URL(baseUrl)]) {
        const { requests, fetch } = answering(() => Response.json({}))
        await createClient({ baseUrl: address, token, fetch }).GET('/api/v1/status')
        same(requests[0]?.url, 'https://example.com/shop/api/v1/status')
        same(requests[0]?.headers.get('authorization'), `Bearer ${token}`)
      }
    }
    for (const options of [{ baseUrl: 'localhost:3000' }, { baseUrl: url, token: 'two\nlines' }]) {
      await fails(
        Promise.resolve().then(() => createClient(options)),
        { name: 'TypeError' },
      )
    }
  },
} satisfies Record<string, Use>
