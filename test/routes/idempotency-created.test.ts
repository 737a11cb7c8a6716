/** `Idempotency-Key` on the creation of alerts and webhooks. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { startReceiver } from '../feed/webhooks/receiver.ts'
import { databaseUrl, eventually, startApp } from '../helper.ts'
import { ALERTS } from './alert-calls.ts'
import { type App, create, isError, NO_UPSTREAM } from './helper.ts'
import { startWebhooks, WEBHOOKS } from './webhooks-helper.ts'

const condition = { type: 'price_below', price: 1 }
const alert = { name: 'Low', condition }
const webhook = { url: 'http://127.0.0.1:1/' }

const post = (app: App, url: string, payload: object, key = 'k') =>
  app.inject({ method: 'POST', url, payload, headers: { 'idempotency-key': key } })

/** How many there are. */
const count = async (app: App, url: string) =>
  (await app.inject(url)).json<{ items: unknown[] }>().items.length

const CREATIONS: [what: string, url: string, good: object, other: object, bad: object][] = [
  ['an alert', ALERTS, alert, { ...alert, name: 'Lower' }, { name: 'Low' }],
  ['a webhook', WEBHOOKS, webhook, { ...webhook, batch_size: 2 }, { url: 'ftp://a.example/' }],
]

for (const [what, url, good, other, bad] of CREATIONS) {
  t.test(`${what} is created once, however many requests come at once`, async (t) => {
    const { app } = await startWebhooks(t)
    const answers = await Promise.all(Array.from({ length: 100 }, () => post(app, url, good)))
    t.ok(answers.every(({ statusCode }) => statusCode === 201))
    t.equal(new Set(answers.map((answer) => answer.json<{ id: string }>().id)).size, 1)
    t.equal(new Set(answers.map(({ headers }) => headers.location)).size, 1)
    t.equal(await count(app, url), 1)
  })

  t.test(
    `the key of ${what} is refused for another request, and free after a bad one`,
    async (t) => {
      const { app } = await startWebhooks(t)
      t.equal((await post(app, url, bad)).statusCode, 400)
      t.equal((await post(app, url, good)).statusCode, 201)
      isError(t, await post(app, url, other), 422, /another request/, 'IDEMPOTENCY_KEY_REUSED')
      t.equal((await post(app, url, other, 'l')).statusCode, 201)
      t.equal(await count(app, url), 2)
    },
  )
}

t.test('a secret is shown to the first request alone', async (t) => {
  const { app } = await startWebhooks(t)
  const first = (await post(app, WEBHOOKS, webhook)).json()
  t.match(first.secret, /^whsec_/)
  await create(app, { name: 'Saw' })
  const again = await post(app, WEBHOOKS, webhook)
  t.strictSame(again.json(), { ...first, secret: null })
  t.notMatch(again.body, 'whsec_')
})

t.test('the answer is kept when webhooks may no longer lead to its URL', async (t) => {
  const DATABASE_URL = await databaseUrl(t)
  const { app: before } = await startWebhooks(t, { DATABASE_URL })
  const first = await post(before, WEBHOOKS, webhook)
  await create(before, { name: 'Saw' })
  await before.close()
  const { app } = await startWebhooks(t, { DATABASE_URL, WEBHOOK_ALLOW_PRIVATE: 'false' })
  const again = await post(app, WEBHOOKS, webhook)
  t.equal(again.statusCode, 201)
  t.equal(again.headers.location, first.headers.location)
  t.strictSame(again.json(), { ...first.json(), secret: null })
  const other = { url: 'http://127.0.0.1:2/' }
  isError(t, await post(app, WEBHOOKS, other), 422, /another request/, 'IDEMPOTENCY_KEY_REUSED')
  isError(t, await post(app, WEBHOOKS, other, 'l'), 400, /must not lead to a private address/)
  isError(
    t,
    await app.inject({ method: 'POST', url: WEBHOOKS, payload: webhook }),
    400,
    /must not lead to a private address/,
  )
  t.equal(await count(app, WEBHOOKS), 1)
})

t.test('the answer is kept when the host of its URL moves to a private address', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const payload = { url: 'http://93.184.215.14/hook' }
  const first = await post(app, WEBHOOKS, payload)
  app.webhookGuard.urlFault = async () => 'The url must not lead to a private address'
  t.strictSame((await post(app, WEBHOOKS, payload)).json(), { ...first.json(), secret: null })
  isError(t, await post(app, WEBHOOKS, payload, 'l'), 400, /private address/)
  t.equal(await count(app, WEBHOOKS), 1)
})

// The second request was answered with 400, although it was the first one sent again.
t.test('the answer is repeated when the URL is refused while the webhook is created', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const payload = { url: 'http://93.184.215.14/hook' }
  const faults = ['The url must not lead to a private address', undefined]
  app.webhookGuard.urlFault = async () => {
    const fault = faults.pop()
    await nextTurn()
    return fault
  }
  const [first, again] = await Promise.all([
    post(app, WEBHOOKS, payload),
    post(app, WEBHOOKS, payload),
  ])
  t.equal(first.statusCode, 201)
  t.strictSame(again.json(), { ...first.json(), secret: null })
})

t.test('a webhook that was asked for twice gets each change once', async (t) => {
  const receiver = await startReceiver(t)
  const { app } = await startWebhooks(t)
  const { url } = receiver
  await Promise.all([post(app, WEBHOOKS, { url }), post(app, WEBHOOKS, { url })])
  await create(app, { name: 'Saw' })
  await create(app, { name: 'Axe' })
  await eventually(() => receiver.arrivals.length === 2)
  t.same(
    receiver.arrivals.map(({ body }) => JSON.parse(body).data.seq),
    [1, 2],
  )
})
