import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import sensible from '@fastify/sensible'
import fastify from 'fastify'
import t from 'tap'
import compression from '../../plugins/compression.ts'
import { startApp } from '../helper.ts'
import { API, createAll, NO_UPSTREAM, PRODUCTS, post } from '../routes/helper.ts'

const UNPACK: Record<string, (bytes: Buffer) => Buffer> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
}

/** A text that it saves something to compress. */
const LONG = 'a'.repeat(2000)

t.test('answers are compressed', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  await createAll(app, [{ name: 'a', description: LONG }, { name: 'b' }])
  const plain = await app.inject(PRODUCTS)

  for (const [accepted, encoding] of [
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
  ] as const) {
    await t.test(`for who takes ${accepted}`, async (t) => {
      const headers = { 'accept-encoding': accepted }
      const answer = await app.inject({ url: PRODUCTS, headers })
      t.equal(answer.headers['content-encoding'], encoding)
      t.equal(answer.headers.vary, 'accept-encoding')
      t.ok(answer.rawPayload.length < 600)
      t.equal(UNPACK[encoding]?.(answer.rawPayload).toString(), plain.body)

      const tag = String(answer.headers.etag)
      t.not(tag, plain.headers.etag, 'other bytes, another tag')
      const again = await app.inject({
        url: PRODUCTS,
        headers: { ...headers, 'if-none-match': tag },
      })
      t.equal(again.statusCode, 304)
      t.equal(again.headers.etag, tag)
      t.equal(again.headers.vary, 'accept-encoding')
    })
  }

  for (const accepted of ['identity', 'deflate']) {
    await t.test(`not for who takes ${accepted}`, async (t) => {
      const answer = await app.inject({ url: PRODUCTS, headers: { 'accept-encoding': accepted } })
      t.equal(answer.headers['content-encoding'], undefined)
      t.equal(answer.body, plain.body)
      t.equal(answer.headers.etag, plain.headers.etag)
      t.equal(answer.headers.vary, 'accept-encoding')
    })
  }

  await t.test('not where that saves nothing', async (t) => {
    const answer = await app.inject({
      url: `${API}/status`,
      headers: { 'accept-encoding': 'br' },
    })
    t.equal(answer.headers['content-encoding'], undefined)
    t.equal(answer.headers.vary, 'accept-encoding')
  })

  await t.test('an answer too short to compress still varies by encoding for caches', async (t) => {
    for (const url of [PRODUCTS, `${API}/nothing`]) {
      const answer = await app.inject({ method: 'HEAD', url })
      t.equal(answer.headers.vary, 'accept-encoding', url)
    }
  })
})

t.test('other values of Vary are kept', async (t) => {
  const app = fastify().register(sensible).register(compression)
  app.after(() => app.get('/', (_request, reply) => reply.header('vary', 'origin').send(LONG)))
  for (const encoding of ['br', 'identity']) {
    const answer = await app.inject({ url: '/', headers: { 'accept-encoding': encoding } })
    t.equal(answer.headers.vary, 'origin, accept-encoding', encoding)
  }
})

t.test('a product can be changed by the tag of its compressed answer', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const { id } = (await post(app, { name: 'a', description: LONG })).json()
  const url = `${PRODUCTS}/${id}`
  const read = await app.inject({ url, headers: { 'accept-encoding': 'br' } })
  t.equal(read.headers['content-encoding'], 'br')
  const change = (tag: unknown) =>
    app.inject({
      method: 'PATCH',
      url,
      headers: { 'if-match': String(tag) },
      payload: { name: 'b' },
    })
  t.equal((await change(read.headers.etag)).statusCode, 200)
  t.equal((await change(read.headers.etag)).statusCode, 412)
})

t.test('what is sent as it comes is not compressed', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  for (const path of ['/changes/stream', '/export/prices']) {
    const ended = new AbortController()
    const headers = { 'accept-encoding': 'br' }
    const response = await fetch(url + API + path, { headers, signal: ended.signal })
    t.equal(response.headers.get('content-encoding'), null, path)
    ended.abort()
  }
})
