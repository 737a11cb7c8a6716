import { Webhook as Verifier } from 'standardwebhooks'
import t from 'tap'
import type { Change } from '../../schemas/change.ts'
import { accept, hang, type Receiver, startReceiver, status } from '../feed/webhooks/receiver.ts'
import { eventually, startApp, temporaryFolder } from '../helper.ts'
import { create, createAll, NO_UPSTREAM, offer, post, startPriced } from './helper.ts'
import { call, createWebhook, patchWebhook, readWebhook, startWebhooks } from './webhooks-helper.ts'

interface Message {
  type: string
  timestamp: string
  data: Change & { items?: Change[] }
}

const messagesAt = ({ arrivals }: Receiver) => arrivals.map(({ body }): Message => JSON.parse(body))

/** The places of the changes that arrived, each as often as it did. */
const seqsAt = (receiver: Receiver) =>
  messagesAt(receiver).flatMap(({ data }) => (data.items ?? [data]).map(({ seq }) => seq))

const many = (count: number) => Array.from({ length: count }, (_, n) => ({ name: `${n}` }))
const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1)
const caughtUp = { lag: 0, failures: 0, last_error: null, next_attempt_at: null }
const MINUTE = 60_000

t.test('a receiver by the specification verifies each change, in order', async (t) => {
  const receiver = await startReceiver(t)
  const { app } = await startWebhooks(t)
  await create(app, { name: 'before' })
  const { secret, id } = await createWebhook(app, { url: receiver.url })
  const product = await create(app, { name: 'after' })
  await app.inject({ method: 'DELETE', url: `/api/v1/products/${product.id}` })
  await eventually(() => receiver.arrivals.length === 2)
  t.same(seqsAt(receiver), [2, 3])
  for (const { body, headers } of receiver.arrivals) {
    const message = new Verifier(secret).verify(body, headers as Record<string, string>)
    t.match(message, { timestamp: String, data: { product_id: product.id } })
  }
  t.match(messagesAt(receiver)[1], { type: 'product.deleted', data: { type: 'product.deleted' } })
  t.match(
    await eventually(async () => {
      const webhook = await readWebhook(app, id)
      return webhook.cursor === 3 ? webhook : undefined
    }),
    { ...caughtUp, last_status: 204, enabled: true },
  )
})

t.test('a webhook gets the types and the product that it asks for', async (t) => {
  const receiver = await startReceiver(t)
  const { app } = await startWebhooks(t)
  const { id } = await create(app, { name: 'a' })
  await createWebhook(app, { url: receiver.url, types: ['product.updated'], product_id: id })
  await createAll(app, many(5))
  const change = (payload: object) =>
    app.inject({ method: 'PATCH', url: `/api/v1/products/${id}`, payload })
  await change({ name: 'b' })
  await change({ name: 'c' })
  await eventually(() => receiver.arrivals.length === 2)
  t.match(messagesAt(receiver), [
    { type: 'product.updated', data: { product_id: id } },
    { type: 'product.updated', data: { product_id: id } },
  ])
})

t.test('the firing of an alert is delivered as it is in the feed', async (t) => {
  const receiver = await startReceiver(t)
  const { app, products } = await startPriced(t, [{ name: 'Mower', offers: [offer('x', 90)] }], {
    WEBHOOK_ALLOW_PRIVATE: 'true',
  })
  await createWebhook(app, { url: receiver.url, types: ['alert.fired'] })
  const condition = { type: 'price_below', price: 100 }
  const alert = await app.inject({
    method: 'POST',
    url: '/api/v1/alerts',
    payload: { name: 'a', condition, fire_if_true: true },
  })
  await eventually(() => receiver.arrivals.length === 1)
  const { items } = (await app.inject('/api/v1/changes?type=alert.fired')).json()
  t.match(items, [
    { alert_id: alert.json().id, product_id: products[0]?.id, price: 90, reference: 100 },
  ])
  t.match(messagesAt(receiver), [{ type: 'alert.fired', timestamp: items[0].at, data: items[0] }])
})

t.test('with a batch size, a message has as many changes as there are', async (t) => {
  const receiver = await startReceiver(t)
  const { app } = await startWebhooks(t)
  await createWebhook(app, { url: receiver.url, batch_size: 10 })
  await createAll(app, many(25))
  await eventually(() => seqsAt(receiver).length === 25)
  t.same(seqsAt(receiver), upTo(25))
  const messages = messagesAt(receiver)
  t.ok(messages.every(({ type, data }) => type === 'changes' && Number(data.items?.length) <= 10))
  t.equal(messages[0]?.timestamp, messages[0]?.data.items?.at(-1)?.at)
})

const FAULTS = [
  ['fails', status(500), 'The receiver answered 500', 500],
  ['hangs', hang, 'The receiver did not answer within 1000 ms', null],
  ['redirects', status(302, { location: 'http://127.0.0.1:1/' }), /answered 302; redirects/, 302],
] as const

for (const [what, answer, error, code] of FAULTS) {
  for (const batchSize of [1, 4]) {
    t.test(
      `a receiver that ${what} gets the same message until it takes it: ${batchSize}`,
      async (t) => {
        const receiver = await startReceiver(t, answer)
        const timeoutMs = answer === hang ? '1000' : '60000'
        const { app, time } = await startWebhooks(t, { WEBHOOK_TIMEOUT_MS: timeoutMs })
        const { id } = await createWebhook(app, { url: receiver.url, batch_size: batchSize })
        await createAll(app, many(10))
        const failing = await eventually(async () => {
          const webhook = await readWebhook(app, id)
          return webhook.failures === 1 ? webhook : undefined
        })
        t.match(failing, { last_status: code, last_error: error, cursor: 0, lag: 10 })
        t.ok(Date.parse(String(failing?.next_attempt_at)) > time.now)
        await createAll(app, many(5))
        receiver.answer = accept
        await eventually(() => {
          time.now += MINUTE
          return seqsAt(receiver).includes(15)
        })
        const [first, second] = receiver.arrivals
        t.equal(second?.body, first?.body)
        t.equal(second?.headers['webhook-id'], first?.headers['webhook-id'])
        t.same([...new Set(seqsAt(receiver))], upTo(15), 'each in order')
      },
    )
  }
}

t.test('an answer of 410 disables a webhook until it is enabled', async (t) => {
  const receiver = await startReceiver(t, status(410))
  const { app } = await startWebhooks(t)
  const { id } = await createWebhook(app, { url: receiver.url })
  await create(app, { name: 'a' })
  const webhook = await eventually(async () => {
    const webhook = await readWebhook(app, id)
    return webhook.enabled ? undefined : webhook
  })
  t.match(webhook, {
    ...{ cursor: 0, last_status: 410, next_attempt_at: null },
    last_error: 'The receiver answered 410, which ends the deliveries',
  })
  await eventually(async () =>
    (await app.inject('/metrics')).body.includes('webhooks_disabled_total 1'),
  )
  receiver.answer = accept
  await patchWebhook(app, id, { enabled: true })
  await eventually(() => receiver.arrivals.length === 2)
  t.same(seqsAt(receiver), [1, 1])
})

t.test('a receiver that is down for an hour gets everything in order', async (t) => {
  const receiver = await startReceiver(t, status(503))
  const { app, time } = await startWebhooks(t)
  const { id } = await createWebhook(app, { url: receiver.url })
  const back = time.now + 60 * MINUTE
  let created = 0
  for (let failures = 0; time.now < back; ) {
    await create(app, { name: 'a' })
    created += 1
    const webhook = await eventually(async () => {
      const webhook = await readWebhook(app, id)
      return webhook.failures > failures ? webhook : undefined
    })
    failures = Number(webhook?.failures)
    time.now = Date.parse(String(webhook?.next_attempt_at))
  }
  receiver.answer = accept
  await eventually(async () => (await readWebhook(app, id)).lag === 0)
  const attempts = receiver.arrivals.length - created
  t.same(seqsAt(receiver).slice(0, attempts), Array(attempts).fill(1))
  t.same(seqsAt(receiver).slice(attempts), upTo(created))
  t.ok(attempts > 5)
  t.ok(attempts < 30, 'it is not asked all the time')
})

t.test('a receiver that is killed in mid-message gets that message again', async (t) => {
  const receiver = await startReceiver(t, (response, _arrival, index) => {
    if (index < 2) response.destroy()
    else response.writeHead(200).end()
  })
  const { app, time } = await startWebhooks(t)
  const { id } = await createWebhook(app, { url: receiver.url })
  await createAll(app, many(3))
  await eventually(async () => (await readWebhook(app, id)).failures === 1)
  time.now += MINUTE
  await eventually(() => receiver.arrivals.length === 5)
  t.same(seqsAt(receiver), [1, 1, 1, 2, 3])
})

t.test('deliveries go on after a restart, with the same batch', async (t) => {
  const receiver = await startReceiver(t, status(500))
  const DATABASE_URL = `file:${await temporaryFolder(t)}/test.db`
  const first = await startWebhooks(t, { DATABASE_URL })
  const { id } = await createWebhook(first.app, { url: receiver.url, batch_size: 100 })
  await createAll(first.app, many(7))
  await eventually(async () => (await readWebhook(first.app, id)).failures === 1)
  await createAll(first.app, many(3))
  await first.app.close()
  receiver.answer = accept
  const { app, time } = await startWebhooks(t, { DATABASE_URL })
  time.now += MINUTE
  await eventually(async () => (await readWebhook(app, id)).lag === 0)
  t.equal(receiver.arrivals.at(-2)?.body, receiver.arrivals[0]?.body)
  t.same(seqsAt(receiver).slice(-10), upTo(10))
})

t.test('a receiver that hangs does not hold up the others', async (t) => {
  const [hanging, good] = [await startReceiver(t, hang), await startReceiver(t)]
  const { app } = await startWebhooks(t)
  await createWebhook(app, { url: hanging.url })
  await createWebhook(app, { url: good.url })
  await createAll(app, many(20))
  await eventually(() => good.arrivals.length === 20)
  t.same(seqsAt(good), upTo(20))
  t.equal(hanging.arrivals.length, 1)
})

t.test('a replay delivers again from a place in the feed, with the same ids', async (t) => {
  const receiver = await startReceiver(t)
  const { app } = await startWebhooks(t)
  const { id } = await createWebhook(app, { url: receiver.url })
  await createAll(app, many(4))
  await eventually(() => receiver.arrivals.length === 4)
  t.match((await call(app, `${id}/replay`, { after: 1 })).json(), { id })
  await eventually(() => receiver.arrivals.length === 7)
  t.same(seqsAt(receiver), [1, 2, 3, 4, 2, 3, 4])
  const ids = receiver.arrivals.map(({ headers }) => headers['webhook-id'])
  t.same(ids.slice(4), ids.slice(1, 4))
})

t.test('a test message says how it went, also where the webhook is disabled', async (t) => {
  const receiver = await startReceiver(t)
  const { app } = await startWebhooks(t)
  const { id, secret } = await createWebhook(app, { url: receiver.url })
  await patchWebhook(app, id, { enabled: false })
  const test = async () => (await call(app, `${id}/test`)).json()
  t.same(await test(), { delivered: true, status: 204, error: null })
  receiver.answer = status(500)
  t.same(await test(), { delivered: false, status: 500, error: 'The receiver answered 500' })
  const [first, second] = receiver.arrivals
  t.match(
    new Verifier(secret).verify(first?.body ?? '', first?.headers as Record<string, string>),
    {
      ...{ type: 'webhook.test', data: { webhook_id: id } },
    },
  )
  t.not(first?.headers['webhook-id'], second?.headers['webhook-id'])
})

t.test('during a rotation messages are signed with both secrets, and then with one', async (t) => {
  const receiver = await startReceiver(t)
  const { app, time } = await startWebhooks(t)
  const { id, secret } = await createWebhook(app, { url: receiver.url })
  const rotated = (await call(app, `${id}/rotate-secret`)).json()
  t.match(rotated.secret, /^whsec_/)
  t.not(rotated.secret, secret)
  await create(app, { name: 'a' })
  await eventually(() => receiver.arrivals.length === 1)
  for (const each of [secret, rotated.secret]) {
    const { body = '', headers = {} } = receiver.arrivals[0] ?? {}
    t.ok(new Verifier(each).verify(body, headers as Record<string, string>))
  }
  time.now = Date.parse(rotated.previous_expires_at)
  await create(app, { name: 'b' })
  await eventually(() => receiver.arrivals.length === 2)
  t.notMatch(receiver.arrivals[1]?.headers['webhook-signature'], / /)
})

t.test('no webhook leads to this machine by default', async (t) => {
  const receiver = await startReceiver(t)
  const app = await startApp(t, NO_UPSTREAM)
  const response = await app.inject({
    ...{ method: 'POST', url: '/api/v1/webhooks', payload: { url: receiver.url } },
  })
  t.equal(response.statusCode, 400)
  t.match(response.json().message, /private address/)
  await post(app, { name: 'a' })
  t.equal(receiver.connections, 0)
})
