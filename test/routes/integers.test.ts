import t from 'tap'
import { startApp } from '../helper.ts'
import { createTwoAlerts } from './alert-calls.ts'
import { type App, isError, NO_UPSTREAM } from './helper.ts'

interface Schema {
  type?: string | string[]
  minimum?: number
  maximum?: number
}
interface Parameter {
  name: string
  in: 'query' | 'header' | 'path'
  schema: Schema
}
interface Document {
  paths: Record<string, Record<string, { parameters?: Parameter[] }>>
  components: { schemas: Record<string, Schema> }
}

/** Every integer that a request can have, with the path of its operation. */
function integersOf({ paths }: Document): [path: string, parameter: Parameter][] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    (operations.get?.parameters ?? [])
      .filter(({ schema }) => schema.type === 'integer')
      .map((parameter): [string, Parameter] => [path, parameter]),
  )
}

/** The status, and the body of an error, of a call with this value; answers can have no end. */
async function answerTo(app: App, path: string, { name, in: place }: Parameter, value: string) {
  const controller = new AbortController()
  const response = await app.inject({
    url: place === 'query' ? `${path}?${name}=${value}` : path,
    headers: place === 'header' ? { [name]: value } : {},
    signal: controller.signal,
    payloadAsStream: true,
  })
  response.stream().on('error', () => {}) // It is broken off.
  controller.abort()
  return response.statusCode
}

t.test(
  'every integer of the document is taken at its limits and refused beyond them',
  async (t) => {
    const app = await startApp(t, NO_UPSTREAM)
    const document = (await app.inject('/docs/json')).json<Document>()
    const integers = integersOf(document)
    const { kept: alert } = await createTwoAlerts(app)
    t.strictSame(
      integers.map(([path, { name }]) => `${path} ${name}`),
      [
        '/api/v1/products price_min',
        '/api/v1/products price_max',
        '/api/v1/products limit',
        '/api/v1/movers min_absolute',
        '/api/v1/movers price_min',
        '/api/v1/movers price_max',
        '/api/v1/movers limit',
        '/api/v1/alerts limit',
        '/api/v1/alerts/{id}/firings limit',
        '/api/v1/changes after',
        '/api/v1/changes limit',
        '/api/v1/changes/stream after',
        '/api/v1/changes/stream last-event-id',
        '/api/v1/webhooks limit',
      ],
    )
    for (const name of ['NewProduct', 'ProductPatch', 'NewProducts']) {
      t.notMatch(JSON.stringify(document.components.schemas[name]), '"integer"', 'bodies have none')
    }
    const { kept } = await createTwoAlerts(app)
    for (const [place, parameter] of integers) {
      const path = place.replace('{id}', kept)
      const { minimum = Number.NaN, maximum = Number.NaN } = parameter.schema
      const cases: [value: string, status: number][] = [
        [String(minimum), 200],
        [`00${minimum}`, 200],
        [String(maximum), 200],
        [`000000000000000000000${maximum}`, 200],
        [String(BigInt(minimum) - 1n), 400],
        [String(BigInt(maximum) + 1n), 400],
        [String(BigInt(maximum) + 2n), 400],
        [`${maximum}000`, 400],
        ['9'.repeat(400), 400],
      ]
      for (const [value, status] of cases) {
        await t.test(
          `${place} ${parameter.name}=${value.slice(0, 30)} is a ${status}`,
          async (t) => {
            const url = path.replace('{id}', alert)
            t.equal(await answerTo(app, url, parameter, value), status)
          },
        )
      }
    }
  },
)

t.test('an integer that is too large is refused for its size', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const refused: [query: string, message: string][] = [
    ['limit=9007199254740993', 'The query parameter limit must be at most 1000'],
    ['after=9007199254740992', 'The query parameter after must be at most 9007199254740991'],
  ]
  for (const [query, message] of refused) {
    isError(t, await app.inject(`/api/v1/changes?${query}`), 400, message)
  }
})

t.test('at the end of all numbers the feed has nothing', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const response = await app.inject(`/api/v1/changes?after=${Number.MAX_SAFE_INTEGER}`)
  t.strictSame(response.json().items, [])
})
