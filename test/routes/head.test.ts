import t from 'tap'
import { startApp } from '../helper.ts'
import { API, type App, NO_UPSTREAM, PRODUCTS, startPriced, UNKNOWN_ID } from './helper.ts'

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, { content?: object }> }>>
}

/** Headers that are of one answer alone. */
const OF_ONE = new Set(['x-request-id', 'date', 'connection', 'keep-alive', 'transfer-encoding'])

/** The status and the headers of an answer, which can have no end. */
async function answerTo(app: App, method: 'GET' | 'HEAD', url: string) {
  const controller = new AbortController()
  const response = await app.inject({
    method,
    url,
    signal: controller.signal,
    payloadAsStream: true,
  })
  let body = 0
  const stream = response.stream()
  stream.on('error', () => {}) // It is broken off.
  if (method === 'HEAD') for await (const part of stream) body += part.length
  controller.abort()
  const headers = Object.entries(response.headers).filter(([name]) => !OF_ONE.has(name))
  return { status: response.statusCode, headers: Object.fromEntries(headers), body }
}

t.test('HEAD is answered as GET is, without the body', async (t) => {
  const offers = [{ id: 'a', price: 10, items_in_stock: 1 }]
  const { app, products } = await startPriced(t, [{ name: 'Mower', offers }])
  const id = products[0]?.id ?? ''
  const urls = [...app.routeUrls]
    .filter((url) => !url.includes('*') && app.hasRoute({ url, method: 'GET' }))
    .map((url) => url.replace(':id', id).replace(':offer_id', 'a'))
  t.ok(urls.length >= 15)
  const refused = [
    `${API}/changes/stream?after=-1`,
    `${API}/export/prices?product_id=${UNKNOWN_ID}`,
    `${API}/export/prices?format=xlsx`,
    `${PRODUCTS}/${UNKNOWN_ID}`,
    `${PRODUCTS}/nope/offers`,
    `${PRODUCTS}/`,
    `${PRODUCTS}/%ff`,
    '/nope',
  ]
  for (const url of [...urls, `${API}/export/prices?format=ndjson`, ...refused]) {
    await t.test(url.replace(id, '{id}'), async (t) => {
      const [get, head] = [await answerTo(app, 'GET', url), await answerTo(app, 'HEAD', url)]
      t.equal(head.status, get.status)
      t.equal(head.body, 0)
      t.strictSame(Object.keys(head.headers).sort(), Object.keys(get.headers).sort())
      t.equal(head.headers['content-type'], get.headers['content-type'])
    })
  }
  t.equal(app.changeHub.size, 0, 'nobody listens')
})

t.test('the document has a HEAD for each GET, with the same statuses', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const { paths } = (await app.inject('/docs/json')).json<Document>()
  for (const [path, { get, head }] of Object.entries(paths)) {
    const statuses = Object.keys(get?.responses ?? {})
    t.strictSame(Object.keys(head?.responses ?? {}), statuses, path)
    for (const response of Object.values(head?.responses ?? {}))
      t.equal(response.content, undefined)
  }
})
