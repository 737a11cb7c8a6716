/** What the service sends by itself is what the AsyncAPI document says: messages of every type, as they are sent. */
import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { type Change, ChangeType } from '../../schemas/change.ts'
import { type Arrival, startReceiver } from '../feed/webhooks/receiver.ts'
import { eventually } from '../helper.ts'
import { ALERTS } from './alert-calls.ts'
import { type App, offer, PRODUCTS, startPriced, type WireOffer } from './helper.ts'
import { listen, listenOn } from './listener.ts'
import { call, createWebhook } from './webhooks-helper.ts'

interface Message {
  payload: object
  headers?: object
}
interface AsyncApi {
  channels: Record<'changes' | 'webhook', { messages: Record<string, { $ref: string }> }>
  components: { messages: Record<string, Message> }
}

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

/** The same schemas, but that nothing may be sent that is not described. Other headers are HTTP's. */
const closed = <T>(document: T): T =>
  JSON.parse(JSON.stringify(document), (name, value) =>
    value?.type === 'object' && value.properties && name !== 'Headers'
      ? { ...value, additionalProperties: false }
      : value,
  )

const asyncApi: AsyncApi = parse(read('docs/asyncapi.yaml'))
const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
ajv.addSchema(closed(JSON.parse(read('openapi.json'))), 'file:///openapi.json')
ajv.addSchema(closed(asyncApi), 'file:///docs/asyncapi.yaml')

/** What checks a part of each message of a channel, by the names of the messages. */
function checksOf(channel: 'changes' | 'webhook', part: keyof Message) {
  const names = Object.values(asyncApi.channels[channel].messages).map(
    ({ $ref }) => $ref.split('/').at(-1) ?? '',
  )
  return names.map((name): [string, ValidateFunction] => [
    name,
    ajv.compile({ $ref: `file:///docs/asyncapi.yaml#/components/messages/${name}/${part}` }),
  ])
}

const changePayload = checksOf('changes', 'payload')
const deliveryPayload = checksOf('webhook', 'payload')
const deliveryHeaders = new Map(checksOf('webhook', 'headers'))

/** The names of the messages that a value fits. */
const fitting = (checks: [string, ValidateFunction][], value: unknown) =>
  checks.filter(([, check]) => check(value)).map(([name]) => name)

const isTyped = (type: string) => (change: Change) => change.type === type

/** Makes the service report a change of every type, and nothing but by its API and by what it polls. */
async function makeAll(app: App, id: string, serve: (...offers: WireOffer[]) => void) {
  const inject = (method: 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
    app.inject({ method, url, ...(payload && { payload }) })
  const told = async (type: string) => {
    const { items } = (await app.inject(`/api/v1/changes?type=${type}&product_id=${id}`)).json()
    return items.length > 0
  }
  const condition = { type: 'price_below', price: 100 }
  await inject('POST', ALERTS, { name: 'Low', condition })
  serve(offer('a', 120, 1), offer('b', 200, 1))
  await eventually(() => told('offer.listed'))
  serve(offer('a', 120, 2), offer('b', 200, 1))
  await eventually(() => told('offer.stock_changed'))
  serve(offer('a', 90, 2), offer('b', 200, 1))
  await eventually(() => told('alert.fired'))
  serve(offer('b', 200, 1))
  await eventually(() => told('offer.delisted'))
  await inject('PATCH', `${PRODUCTS}/${id}`, { tags: ['deal'], metadata: { a: 'b' } })
  await inject('DELETE', `${PRODUCTS}/${id}`)
}

/** Asserts that messages of a webhook are each one message of the document, with the headers that it says. */
function isDescribed(t: Test, arrivals: Arrival[], name: string): void {
  const headers = (sent: IncomingHttpHeaders) => deliveryHeaders.get(name)?.(sent)
  for (const { body, headers: sent } of arrivals) {
    t.strictSame(fitting(deliveryPayload, JSON.parse(body)), [name], body)
    t.ok(headers(sent), 'its headers')
  }
  t.notOk(headers({}))
}

t.test('what the service sends is what the AsyncAPI document says', async (t) => {
  const { app, simulator, products } = await startPriced(t, [{ name: 'Mower', offers: [] }], {
    ...{ REFRESH_INTERVAL_SECONDS: '1', WEBHOOK_ALLOW_PRIVATE: 'true' },
  })
  const id = products[0]?.id ?? ''
  await listenOn(app)
  const [single, batched] = [await startReceiver(t), await startReceiver(t)]
  const one = await createWebhook(app, { url: single.url })
  const many = await createWebhook(app, { url: batched.url, batch_size: 1000 })
  for (const webhook of [one, many]) await call(app, `${webhook.id}/replay`, { after: 0 })
  await makeAll(app, id, (...offers) => simulator.answers.set(id, offers))
  const stream = await listen(t, app, 'after=0')
  await eventually(() => stream.changes().some(isTyped('product.deleted')))
  const changes = stream.changes()
  const itemsOf = ({ body }: Arrival): Change[] => JSON.parse(body).data.items
  await eventually(() => single.arrivals.length === changes.length)
  await eventually(() => batched.arrivals.flatMap(itemsOf).length === changes.length)

  await t.test('every type of change is among them', async (t) => {
    const types = new Set<string>(changes.map(({ type }) => type))
    t.strictSame([...types].sort(), [...ChangeType.enum].sort())
  })

  await t.test('events of the stream', async (t) => {
    for (const { id: seq, event, data } of stream.events) {
      const change = JSON.parse(data)
      t.strictSame(fitting(changePayload, change), ['change'], data)
      t.match(change, { seq: Number(seq), type: event })
    }
    const { at: _, ...timeless } = changes[0] as Change
    for (const wrong of [timeless, { ...changes[0], more: 1 }, { ...changes[0], type: 'sold' }]) {
      t.strictSame(fitting(changePayload, wrong), [])
    }
  })

  await t.test('messages with one change', async (t) => {
    isDescribed(t, single.arrivals, 'delivery')
    t.strictSame(
      single.arrivals.map(({ body }) => JSON.parse(body).data),
      changes,
    )
  })

  await t.test('messages with several changes', async (t) => {
    isDescribed(t, batched.arrivals, 'batch')
    t.strictSame(batched.arrivals.flatMap(itemsOf), changes)
  })

  await t.test('a test message, and one with two signatures', async (t) => {
    const before = single.arrivals.length
    await call(app, `${one.id}/test`)
    await call(app, `${one.id}/rotate-secret`)
    await call(app, `${one.id}/test`)
    const tests = single.arrivals.slice(before)
    t.equal(tests.length, 2)
    isDescribed(t, tests, 'test')
  })
})
