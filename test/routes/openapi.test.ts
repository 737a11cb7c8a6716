/** What the OpenAPI document says of each operation. */
import t from 'tap'
import { startApp } from '../helper.ts'
import { API } from './helper.ts'
import {
  HIDDEN,
  hasExample,
  type Operation,
  operationsOf,
  readDocument,
} from './openapi-document.ts'
import { CAN_BE_GONE, WITHOUT_BODY } from './webhook-calls.ts'

/** Paths that a filter can make answer 404: there is nothing to stream of a product that is not there. */
const NEEDS_ITS_PRODUCT = /^\/api\/v1\/export\//

/** Operations whose body can name a product that is not there. */
const NAMES_PRODUCT = ['createAlert', 'previewAlert', 'createWebhook']

/** Operations that can give a product an external id that another one has. */
const CAN_CONFLICT = ['createProduct', 'updateProduct', 'createWebhook']

/** The statuses that an operation can answer beside its good ones, by what it is like. */
function faultsOf(method: string, path: string, operation: Operation): string[] {
  const has = (name: string) => operation.parameters?.some((one) => one.name === name) ?? false
  const api = path.startsWith('/api/v1')
  const changes = method !== 'get' && method !== 'head'
  const statuses = [
    '400',
    ...(api ? ['401'] : []),
    ...(api && changes ? ['403', '413', '415'] : []),
    ...((path.includes('{') && method !== 'put') ||
    NEEDS_ITS_PRODUCT.test(path) ||
    NAMES_PRODUCT.includes(operation.operationId ?? '')
      ? ['404']
      : []),
    ...(CAN_CONFLICT.includes(operation.operationId ?? '') ? ['409'] : []),
    ...(has('after') || CAN_BE_GONE.includes(operation.operationId ?? '') ? ['410'] : []),
    ...(has('if-none-match') ? ['304'] : []),
    ...(has('if-match') ? ['412'] : []),
    ...(has('idempotency-key') ? ['409', '422'] : []),
    '431',
    '500',
    '503',
  ]
  return [...new Set(statuses)].sort()
}

t.test('the OpenAPI document', async (t) => {
  const app = await startApp(t)
  const document = await readDocument(app)
  const operations = operationsOf(document)

  await t.test('is of version 3.1.0', async (t) => {
    t.equal(document.openapi, '3.1.0')
  })

  await t.test('names each operation once', async (t) => {
    const ids = operations.map(({ operation }) => operation.operationId)
    t.ok(ids.length >= 17)
    t.equal(new Set(ids).size, ids.length)
  })

  for (const { name, method, path, operation } of operations) {
    await t.test(`${name} is described in full`, async (t) => {
      t.match(operation.operationId, /^[a-z]+[A-Z]\w+$/)
      t.match(operation.summary, /^[A-Z].*[^.]$/)
      t.match(operation.description, /\.$/)
      t.equal(operation.tags?.length, 1)
      t.ok(document.tags.some((tag) => tag.name === operation.tags?.[0]))
      for (const { name, description } of operation.parameters ?? []) t.ok(description, name)
      for (const [status, response] of Object.entries(operation.responses)) {
        t.ok(response.description, status)
        t.not(response.description, 'Default Response', status)
      }
      for (const name of path.matchAll(/\{(\w+)\}/g)) {
        t.ok(operation.parameters?.some((one) => one.in === 'path' && one.name === name[1]))
      }
      const hasBody = !WITHOUT_BODY.includes(operation.operationId ?? '')
      if (['post', 'patch', 'put'].includes(method)) {
        t.equal(Boolean(operation.requestBody), hasBody)
      }
    })

    await t.test(`${name} says whether it can want a token`, async (t) => {
      const session = path.endsWith('/stream') ? [{ session: [] }] : []
      const wanted = path.startsWith(API) ? [{}, { token: [] }, ...session] : []
      t.strictSame(operation.security ?? document.security, wanted)
    })

    await t.test(`${name} has examples of what is sent and answered`, async (t) => {
      const bodies = [operation.requestBody, ...Object.values(operation.responses)]
      for (const [type, { schema }] of bodies.flatMap((body) =>
        Object.entries(body?.content ?? {}),
      )) {
        if (type === 'application/json') t.ok(hasExample(document, schema), JSON.stringify(schema))
      }
    })

    await t.test(`${name} names every status that it can answer`, async (t) => {
      const statuses = Object.keys(operation.responses)
      const good = statuses.filter((status) => status.startsWith('2'))
      t.strictSame(good, method === 'put' ? ['200', '201'] : [String(good[0])])
      t.strictSame(
        statuses.filter((status) => !good.includes(status)).sort(),
        faultsOf(method, path, operation),
      )
    })
  }

  await t.test('has every route, but for those that are hidden on purpose', async (t) => {
    for (const url of app.routeUrls) {
      if (HIDDEN.test(url)) continue
      const path = url.replaceAll(/:(\w+)/g, '{$1}')
      const { allow } = (await app.inject({ method: 'TRACE', url })).headers
      const served = String(allow).split(', ')
      const documented = Object.keys(document.paths[path] ?? {}).map((name) => name.toUpperCase())
      t.strictSame(documented.sort(), served, url)
    }
  })
})
