import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t from 'tap'
import { startApp } from '../helper.ts'
import { API, createAll, NO_UPSTREAM, PRODUCTS, post } from '../routes/helper.ts'

const UNPACK: Record<string, (bytes: Buffer) => Buffer> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
}

t.test('answers are compressed', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  await createAll(app, [{ name: 'a', description: 'a'.repeat(2000) }, { name: 'b' }])
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
      t.match(answer.headers.vary, /accept-encoding/i)
      t.ok(answer.rawPayload.length < 600)
      t.equal(UNPACK[encoding]?.(answer.rawPayload).toString(), plain.body)

      const tag = String(answer.headers.etag)
      t.not(tag, plain.headers.etag, 'other bytes, another tag')
      const again = await app.inject({
        url: PRODUCTS,
        headers: { ...headers, 'if-none-match': tag },
      })
      t.equal(again.statusCode, 304)
    })
  }

  for (const accepted of ['identity', 'deflate']) {
    await t.test(`not for who takes ${accepted}`, async (t) => {
      const answer = await app.inject({ url: PRODUCTS, headers: { 'accept-encoding': accepted } })
      t.equal(answer.headers['content-encoding'], undefined)
      t.equal(answer.body, plain.body)
      t.equal(answer.headers.etag, plain.headers.etag)
    })
  }

  await t.test('not where that saves nothing', async (t) => {
    const answer = await app.inject({
      url: `${API}/status`,
      headers: { 'accept-encoding': 'br' },
    })
    t.equal(answer.headers['content-encoding'], undefined)
  })
})

t.test('a product can be changed by the tag of its compressed answer', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const { id } = (await post(app, { name: 'a', description: 'a'.repeat(2000) })).json()
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

t.test('a compressed request is not taken', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const answer = await app.inject({
    method: 'POST',
    url: PRODUCTS,
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    payload: Buffer.from('H4sIAAAAAAAAA6tWykvMTVWyUkpUqgUAIDX1dQwAAAA=', 'base64'),
  })
  t.equal(answer.statusCode, 400)
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
