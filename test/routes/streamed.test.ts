/** The schemas of what is streamed say of the text what its parts are; those are checked here. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import t from 'tap'
import { eventually } from '../helper.ts'
import { follow, openStream } from './event-stream.ts'
import { API, offer, startPriced } from './helper.ts'

interface Content {
  schema: { type: string; contentMediaType: string; contentSchema?: object }
}
interface Document {
  paths: Record<string, { get: { responses: { 200: { content: Record<string, Content> } } } }>
}

const { app } = await startPriced(t, [{ name: 'Mower', offers: [offer('a', 10), offer('b', 20)] }])
const document = (await app.inject('/docs/json')).json<Document>()
const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
ajv.addSchema(document, 'openapi')

const contentOf = (path: string) =>
  document.paths[`${API}${path}`]?.get.responses[200].content ?? {}

/** What checks the parts of a streamed answer, as an array. */
function partsOf(path: string, type: string): ValidateFunction {
  const pointer = ['paths', `${API}${path}`, 'get', 'responses', '200', 'content', type]
    .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/')
  return ajv.compile({ $ref: `openapi#/${pointer}/schema/contentSchema` })
}

for (const path of ['/changes/stream', '/export/prices']) {
  t.test(`to a generator the answer of ${path} is a string`, async (t) => {
    const entries = Object.entries(contentOf(path))
    t.ok(entries.length > 0)
    for (const [type, { schema }] of entries) {
      t.match(schema, { type: 'string', contentMediaType: type })
    }
  })
}

t.test('the lines of an export are what its schema says', async (t) => {
  const { body } = await app.inject(`${API}/export/prices?format=ndjson`)
  const records = body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.ok(records.length >= 2)
  const validate = partsOf('/export/prices', 'application/x-ndjson')
  t.ok(validate(records), ajv.errorsText(validate.errors))
  t.notOk(validate([{ ...records[0], price: 'free' }]))
})

t.test('the events of the stream are what its schema says', async (t) => {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const listener = follow(
    t,
    await openStream(`${app.listeningOrigin}${API}/changes/stream?after=0`),
  )
  await eventually(() => listener.events.length >= 4)
  const validate = partsOf('/changes/stream', 'text/event-stream')
  t.ok(validate(listener.events), ajv.errorsText(validate.errors))
  t.notOk(validate([{ ...listener.events[0], event: 'nothing' }]))
  const isChange = ajv.compile({ $ref: 'openapi#/components/schemas/Change' })
  for (const { data } of listener.events) t.ok(isChange(JSON.parse(data)))
})
