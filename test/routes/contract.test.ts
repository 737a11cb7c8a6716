/** Every operation, called, against what the OpenAPI document says of it. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import type { ApiError } from '../../schemas/error.ts'
import { ALERTS, alertCalls, alertFailures, createTwoAlerts } from './alert-calls.ts'
import { API, type App, PRODUCTS, startPriced, UNKNOWN_ID } from './helper.ts'
import { type Document, type Operation, operationsOf, readDocument } from './openapi-document.ts'
import {
  addWebhooks,
  NO_RECEIVER,
  WEBHOOK_CALLS,
  WEBHOOK_FAILURES,
  WEBHOOK_ID,
} from './webhook-calls.ts'
import { WEBHOOKS } from './webhooks-helper.ts'

/** A call of each operation that goes well, with the id of a product that has an offer, and of an alert. */
const calls: Record<string, (id: string, alert: string) => InjectOptions> = {
  ...alertCalls,
  createProduct: () => ({ method: 'POST', url: PRODUCTS, payload: { name: 'Saw' } }),
  createProducts: () => ({
    method: 'POST',
    url: `${PRODUCTS}/batch`,
    payload: { items: [{ name: 'Saw' }, { name: '' }] },
  }),
  updateProducts: (id) => ({
    method: 'POST',
    url: `${PRODUCTS}/batch/update`,
    payload: { items: [{ id, name: 'Saw' }, { id }] },
  }),
  deleteProducts: (id) => ({
    method: 'POST',
    url: `${PRODUCTS}/batch/delete`,
    payload: { ids: [id.replace(/.$/, 'f'), 'saw'] },
  }),
  listProducts: () => ({ url: `${PRODUCTS}?limit=1` }),
  getProduct: (id) => ({ url: `${PRODUCTS}/${id}` }),
  getProductByExternalId: () => ({ url: `${PRODUCTS}/by-external-id/AB-1` }),
  putProductByExternalId: () => ({
    method: 'PUT',
    url: `${PRODUCTS}/by-external-id/AB-1`,
    payload: { name: 'Saw' },
  }),
  updateProduct: (id) => ({ method: 'PATCH', url: `${PRODUCTS}/${id}`, payload: { name: 'Saw' } }),
  deleteProduct: (id) => ({ method: 'DELETE', url: `${PRODUCTS}/${id}` }),
  listOffers: (id) => ({ url: `${PRODUCTS}/${id}/offers` }),
  getProductTrend: (id) => ({ url: `${PRODUCTS}/${id}/trend` }),
  getOfferTrend: (id) => ({ url: `${PRODUCTS}/${id}/offers/a/trend?interval=auto` }),
  getProductStats: (id) => ({ url: `${PRODUCTS}/${id}/stats` }),
  listTrends: (id) => ({
    method: 'POST',
    url: `${API}/trends`,
    payload: { ids: [id, UNKNOWN_ID] },
  }),
  listMovers: () => ({ url: `${API}/movers` }),
  exportPrices: () => ({ url: `${API}/export/prices` }),
  listChanges: () => ({ url: `${API}/changes` }),
  streamChanges: () => ({ url: `${API}/changes/stream?after=0` }),
  getStreamSession: () => ({ url: `${API}/changes/session` }),
  ...WEBHOOK_CALLS,
  getStatus: () => ({ url: '/api/v1/status' }),
  getLiveness: () => ({ url: '/health/live' }),
  getReadiness: () => ({ url: '/health/ready' }),
  getMetrics: () => ({ url: '/metrics' }),
}

/** Headers that an answer has only if there is something to say. */
const SOMETIMES = new Set(['link', 'set-cookie'])

/** Operations whose answer has no end. */
const ENDLESS = new Set(['streamChanges'])

/** Calls that are answered with an error that the operation documents. */
const failures: Record<string, (id: string) => InjectOptions> = {
  ...alertFailures,
  createProduct: () => ({
    method: 'POST',
    url: PRODUCTS,
    payload: { name: 'Saw', external_id: 'AB-1' },
  }),
  getProductByExternalId: () => ({ url: `${PRODUCTS}/by-external-id/AB-2` }),
  putProductByExternalId: () => ({
    method: 'PUT',
    url: `${PRODUCTS}/by-external-id/AB-2`,
    headers: { 'if-match': '*' },
    payload: { name: 'Saw' },
  }),
  listProducts: () => ({ url: `${PRODUCTS}?limit=0` }),
  getProduct: (id) => ({ url: `${PRODUCTS}/${id.replace(/.$/, 'f')}` }),
  updateProduct: (id) => ({
    method: 'PATCH',
    url: `${PRODUCTS}/${id}`,
    headers: { 'if-match': '"9-x"' },
    payload: { name: 'Saw' },
  }),
  createProducts: () => ({ method: 'POST', url: `${PRODUCTS}/batch`, payload: 'items' }),
  updateProducts: () => ({ method: 'POST', url: `${PRODUCTS}/batch/update`, payload: {} }),
  deleteProducts: () => ({ method: 'POST', url: `${PRODUCTS}/batch/delete`, payload: {} }),
  listOffers: (id) => ({ url: `${PRODUCTS}/${id}/offers?at=now` }),
  getProductTrend: (id) => ({ url: `${PRODUCTS}/${id}/trend?interval=2h` }),
  getOfferTrend: (id) => ({ url: `${PRODUCTS}/${id}/offers/nope/trend` }),
  getProductStats: () => ({ url: `${PRODUCTS}/${UNKNOWN_ID}/stats` }),
  listTrends: () => ({ method: 'POST', url: `${API}/trends`, payload: { ids: [] } }),
  listMovers: () => ({ url: `${API}/movers?window=2h` }),
  exportPrices: (id) => ({ url: `${API}/export/prices?product_id=${id.replace(/.$/, 'f')}` }),
  listChanges: () => ({ url: `${API}/changes?limit=0` }),
  streamChanges: () => ({ url: `${API}/changes/stream?type=nothing` }),
  ...WEBHOOK_FAILURES,
}

/** What is answered; of an answer that has no end the first event. */
async function answerTo(app: App, call: InjectOptions, endless: boolean) {
  const controller = new AbortController()
  const { signal } = controller
  const response = await app.inject({ ...call, signal, payloadAsStream: true })
  const { statusCode, headers } = response
  let body = ''
  for await (const part of response.stream()) {
    body += part
    if (endless && statusCode === 200 && body.includes('data: ')) break
  }
  controller.abort()
  return { statusCode, headers, type: String(headers['content-type']), body }
}

/** The same document, but that an answer must not have more in it than is described. */
function closed(document: Document): Document {
  return JSON.parse(JSON.stringify(document), (_key, value) =>
    value?.type === 'object' && value.properties
      ? { additionalProperties: false, ...value }
      : value,
  )
}

t.test('what is answered is what the document says, and no more', async (t) => {
  const offers = [{ id: 'a', price: 10, items_in_stock: 1 }]
  const { app, products } = await startPriced(
    t,
    [
      { name: 'Mower', external_id: 'AB-1', offers },
      { name: 'Trimmer', offers: [] },
      { name: 'Axe', offers },
    ],
    NO_RECEIVER,
  )
  const alerts = await createTwoAlerts(app)
  await addWebhooks(app)
  const document = await readDocument(app)
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  ajv.addSchema(closed(document), 'openapi')
  // test/routes/head.test.ts compares HEAD with GET.
  const operations = operationsOf(document).filter(({ method }) => method !== 'head')

  await t.test('every operation is called here', async (t) => {
    t.strictSame(
      operations.map(({ operation }) => operation.operationId).sort(),
      Object.keys(calls).sort(),
    )
  })

  const check = async (
    t: Test,
    name: string,
    operation: Operation,
    path: string,
    call: InjectOptions,
  ) => {
    const response = await answerTo(app, call, ENDLESS.has(operation.operationId ?? ''))
    if (name.endsWith(' again')) t.equal(response.statusCode, 304)
    const documented = operation.responses[response.statusCode]
    t.ok(documented, `${name} documents ${response.statusCode}`)
    const promised = Object.keys(documented?.headers ?? {}).map((header) => header.toLowerCase())
    for (const header of promised.filter((header) => !SOMETIMES.has(header))) {
      t.ok(response.headers[header], `${name} ${response.statusCode} has the header ${header}`)
    }
    const { location } = response.headers
    t.equal(promised.includes('location'), location !== undefined, `${name} and its Location`)
    const isNew = response.statusCode === 200 && call.headers === undefined
    if (isNew && name.startsWith('GET') && operation.responses['304']) {
      const headers = { 'if-none-match': '*' }
      await check(t, `${name} again`, operation, path, { ...call, headers })
    }
    const types = Object.keys(documented?.content ?? {})
    if (types.length === 0) return t.equal(response.body, '')
    const type = types.find((type) => response.type.startsWith(type)) ?? ''
    t.ok(type, `${name} documents ${response.type}`)
    const place = ['paths', path, String(call.method ?? 'get').toLowerCase(), 'responses']
      .concat(String(response.statusCode), 'content', type, 'schema')
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    const validate = ajv.compile({ $ref: `openapi#/${place.join('/')}` })
    const value = type === 'application/json' ? JSON.parse(response.body) : response.body
    t.ok(validate(value), `${name} ${response.statusCode} ${ajv.errorsText(validate.errors)}`)
  }

  for (const [index, { name, path, operation }] of operations.entries()) {
    await t.test(name, async (t) => {
      const made = products[index % 2 === 0 ? 0 : 1]
      const id = (operation.operationId === 'deleteProduct' ? products[2] : made)?.id ?? ''
      const failure = failures[operation.operationId ?? '']?.(id)
      if (failure) await check(t, name, operation, path, failure)
      const alert = operation.operationId === 'deleteAlert' ? alerts.deleted : alerts.kept
      const call = calls[operation.operationId ?? '']?.(id, alert)
      if (call) await check(t, name, operation, path, call)
    })
  }

  await t.test('the examples of requests are good requests', async (t) => {
    for (const { name, method, path, operation } of operations) {
      const schema = operation.requestBody?.content['application/json']?.schema
      const target = document.components.schemas[schema?.$ref?.split('/').at(-1) ?? '']
      for (const payload of target?.examples ?? []) {
        const product = products[0]?.id ?? ''
        const of = (prefix: string) => path.startsWith(prefix)
        const id = of(ALERTS) ? alerts.kept : of(WEBHOOKS) ? WEBHOOK_ID : product
        const url = path.replace('{id}', id).replace('{external_id}', 'AB-1')
        const headers = { 'content-type': 'application/json' }
        const response = await app.inject({
          method: method === 'put' ? 'PUT' : method === 'patch' ? 'PATCH' : 'POST',
          url,
          headers,
          payload: JSON.stringify(payload),
        })
        t.ok(response.statusCode < 300, `${name} ${response.json<ApiError>().message}`)
      }
    }
  })
})
