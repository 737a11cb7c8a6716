/** With the examples of the OpenAPI document alone, every operation works on a service that was just started. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from './helper.ts'
import { SERVICE, start } from './process.ts'

interface Parameter {
  in: 'path' | 'query' | 'header'
  name: string
  required: boolean
  example?: string | number | boolean
}
interface Schema {
  $ref?: string
  examples?: object[]
}
interface Operation {
  operationId: string
  parameters?: Parameter[]
  requestBody?: { content: Record<'application/json', { schema: Schema }> }
}
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

const DATABASE_URL = `file:${join(await temporaryFolder(t), 'test.db')}`
const service = await start(t, SERVICE, { PORT: '0', DATABASE_URL })
const document = (await (await fetch(`${service.url}/docs/json`)).json()) as Document

/** The first example of what an operation takes. */
function exampleOf({ requestBody }: Operation): object | undefined {
  const name = requestBody?.content['application/json'].schema.$ref?.split('/').at(-1) ?? ''
  return document.components.schemas[name]?.examples?.[0]
}

/**
 * The ids of what a new service has none of, by the path of its collection: of one that the example of its `POST`
 * makes.
 */
const made = new Map<string, string>()
for (const path of ['/api/v1/alerts', '/api/v1/webhooks']) {
  const { post } = document.paths[path] ?? {}
  const body = JSON.stringify(post && exampleOf(post))
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(service.url + path, { method: 'POST', headers, body })
  const { id } = (await response.json()) as { id: string }
  made.set(path, id)
}

/** The status of an answer. Its body can be endless, so it is not read. */
async function statusOf(method: string, path: string, given: Parameter[], body?: object) {
  const url = new URL(service.url)
  url.pathname = path
  const headers = new Headers(body && { 'content-type': 'application/json' })
  for (const { in: where, name, example } of given) {
    // A key is for one request, and each of these is another one.
    const fixed = name === 'id' ? made.get(path.replace(/\/\{id\}.*/, '')) : undefined
    const value = name === 'idempotency-key' ? randomUUID() : (fixed ?? String(example))
    if (where === 'path')
      url.pathname = url.pathname.replace(`%7B${name}%7D`, encodeURIComponent(value))
    else if (where === 'query') url.searchParams.set(name, value)
    else headers.set(name, value)
  }
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) })
  await response.body?.cancel()
  return response.status
}

/** The parameters with which an operation is called: the required ones, each other one beside those, and all. */
function* callsOf({ parameters = [] }: Operation): Generator<[what: string, given: Parameter[]]> {
  const required = parameters.filter((one) => one.required)
  const others = parameters.filter((one) => !one.required && one.example !== undefined)
  yield ['no optional parameter', required]
  for (const one of others) yield [one.name, [...required, one]]
  const together = others.filter((one) => one.name !== 'ids') // It cannot be combined with others.
  yield ['every other parameter that has an example', [...required, ...together]]
}

/** The examples of what is sent; nothing stands for no body. */
function bodiesOf({ requestBody }: Operation): (object | undefined)[] {
  if (!requestBody) return [undefined]
  const name = requestBody.content['application/json'].schema.$ref?.split('/').at(-1) ?? ''
  return document.components.schemas[name]?.examples ?? []
}

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete']

/** What deletes the product of the examples comes last, and what answers 404 without it before the other. */
const lateness = ({ operationId }: Operation) =>
  ['deleteProduct', 'deleteProducts'].indexOf(operationId) + 1

const operations = METHODS.flatMap((method) =>
  Object.entries(document.paths).flatMap(([path, { [method]: operation }]) =>
    operation ? [{ method: method.toUpperCase(), path, operation }] : [],
  ),
).sort((a, b) => lateness(a.operation) - lateness(b.operation))

for (const { method, path, operation } of operations) {
  t.test(`${method} ${path}`, async (t) => {
    for (const { name, required, example } of operation.parameters ?? []) {
      t.ok(!required || example !== undefined, `${name} has an example`)
    }
    const calls = [...callsOf(operation)]
    const bodies = bodiesOf(operation)
    t.ok(bodies.length > 0, 'its body has an example')
    for (const body of bodies) {
      for (const [what, given] of method === 'DELETE' ? calls.slice(-1) : calls) {
        const status = await statusOf(method, path, given, body)
        t.ok(status >= 200 && status < 300, `${status} with ${what}`)
      }
    }
  })
}

t.test('every parameter but a cursor has an example', async (t) => {
  const without = operations
    .flatMap(({ operation }) => operation.parameters ?? [])
    .filter(({ example }) => example === undefined)
  t.same([...new Set(without.map(({ name }) => name))], ['cursor'])
})
