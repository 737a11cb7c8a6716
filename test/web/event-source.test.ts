import type { IncomingMessage, ServerResponse } from 'node:http'
import t from 'tap'
import { becomes } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const variables = { API_TOKEN: 'the-token', API_READ_TOKEN: 'the-token-for-reading' }
const { url, app, add } = await serveStill(t, variables)
const { id } = await add('Mower')

/** Until a session is opened, all calls of the page and the stream are refused; once the streams are broken off. */
const expected = [/^GET \/api\/v1\/.* 401$/, /^GET \/api\/v1\/changes\/stream net::ERR_/]

const streams: { request: IncomingMessage; response: ServerResponse }[] = []
app.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
  if (request.url?.endsWith('/stream')) streams.push({ request, response })
})

/** Breaks the streams off, and no other call: the page makes some now and then. */
function breakOff(): void {
  for (const { request, response } of streams) {
    if (!response.writableEnded) request.socket.destroy()
  }
}

/** Opens an `EventSource` in the page, which gathers what it gets. */
const LISTEN = `(async () => {
  globalThis.got = []
  const source = new EventSource('/api/v1/changes/stream')
  source.addEventListener('product.updated', ({ data }) => got.push(JSON.parse(data).product_id))
  globalThis.source = source
  return new Promise((resolve) => {
    source.onopen = () => resolve('open')
    source.onerror = () => resolve(source.readyState === EventSource.CLOSED ? 'refused' : 'broken')
  })
})()`

const openSession = (token: string) => `(async () => {
  const headers = { authorization: 'Bearer ${token}' }
  return (await fetch('/api/v1/changes/session', { headers })).status
})()`

test('a real EventSource listens with a session, and leaves no token', async (t, open) => {
  const page = await open(url, { expected })
  t.equal(await page.evaluate(LISTEN), 'refused')

  t.equal(await page.evaluate(openSession('the-token-for-reading')), 200)
  t.equal(await page.evaluate('document.cookie'), '', 'no script sees it')
  const [cookie, ...others] = await page.context().cookies(`${url}/api/v1/changes/stream`)
  t.strictSame(others, [])
  t.match(cookie, { httpOnly: true, sameSite: 'Strict', path: '/api/v1/changes/stream' })
  t.notMatch(cookie?.value, 'token')
  t.strictSame(await page.context().cookies(`${url}/api/v1/products`), [])

  t.equal(await page.evaluate(LISTEN), 'open')
  await app.store.updateProduct(id, { description: 'Seen by it' })
  await becomes(t, () => page.evaluate('got.length'), 1)
  t.strictSame(await page.evaluate('got'), [id])

  breakOff() // It resumes by itself, with the same cookie.
  await app.store.updateProduct(id, { description: 'Seen after the break' })
  await becomes(t, () => page.evaluate('got.length'), 2)
  await page.evaluate('source.close()')
})
