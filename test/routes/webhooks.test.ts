import t from 'tap'
import type { Webhook, WebhookList } from '../../schemas/webhook.ts'
import { API, create, isError, type Response, UNKNOWN_ID } from './helper.ts'
import {
  call,
  createWebhook,
  patchWebhook,
  readWebhook,
  startWebhooks,
  WEBHOOKS,
} from './webhooks-helper.ts'

const url = 'http://127.0.0.1:1/hook'

t.test('a webhook is created with its secret, which is never shown again', async (t) => {
  const { app, time } = await startWebhooks(t)
  const response = await app.inject({ method: 'POST', url: WEBHOOKS, payload: { url } })
  t.equal(response.statusCode, 201)
  t.equal(response.headers['cache-control'], 'no-store')
  const { secret, ...webhook } = response.json<Webhook & { secret: string }>()
  t.match(secret, /^whsec_/)
  t.strictSame(webhook, {
    ...{
      id: webhook.id,
      url,
      types: [],
      product_id: null,
      tag: null,
      batch_size: 1,
      enabled: true,
    },
    ...{ created_at: new Date(time.now).toISOString(), cursor: 0, lag: 0, failures: 0 },
    ...{ last_status: null, last_error: null, next_attempt_at: null },
  })
  t.equal(response.headers.location, `${WEBHOOKS}/${webhook.id}`)
  t.strictSame(await readWebhook(app, webhook.id), webhook)
  const answers = [
    await app.inject(WEBHOOKS),
    await app.inject(`${WEBHOOKS}/${webhook.id}`),
    await patchWebhook(app, webhook.id, { batch_size: 5 }),
    await call(app, `${webhook.id}/replay`, { after: 0 }),
    await call(app, `${webhook.id}/test`),
  ]
  for (const { statusCode, body } of answers) {
    t.equal(statusCode, 200)
    t.notMatch(body, /whsec_|secret/)
  }
})

t.test('the list has all webhooks, page by page', async (t) => {
  const { app } = await startWebhooks(t)
  const ids: string[] = []
  for (let n = 0; n < 5; n++) ids.push((await createWebhook(app, { url })).id)
  const found: string[] = []
  let next: string | null = `${WEBHOOKS}?limit=2`
  const sizes: number[] = []
  while (next !== null) {
    const response: Response = await app.inject(next)
    const { items, next_cursor } = response.json<WebhookList>()
    sizes.push(items.length)
    found.push(...items.map(({ id }) => id))
    next = next_cursor && `${WEBHOOKS}?limit=2&cursor=${next_cursor}`
    t.equal(response.headers.link, next === null ? undefined : `<${next}>; rel="next"`)
  }
  t.same(found, ids)
  t.same(sizes, [2, 2, 1])
  isError(t, await app.inject(`${WEBHOOKS}?cursor=abc`), 400, /cursor/)
})

t.test('each field can be changed by itself, and each stays when others change', async (t) => {
  const { app } = await startWebhooks(t)
  const product_id = (await create(app, { name: 'Saw' })).id
  const { id } = await createWebhook(app, { url })
  const changes: Partial<Webhook>[] = [
    { url: 'http://127.0.0.1:2/other' },
    { types: ['alert.fired', 'product.deleted'] },
    { product_id },
    { batch_size: 500 },
    { enabled: false },
    { product_id: null },
    { types: [] },
  ]
  let expected = await readWebhook(app, id)
  for (const change of changes) {
    const { last_error, last_status, failures, next_attempt_at, ...rest } = expected
    expected = (await patchWebhook(app, id, change)).json<Webhook>()
    t.match(expected, { ...rest, ...change }, JSON.stringify(change))
  }
})

const BAD: [what: string, payload: object, message: RegExp][] = [
  ['no URL', {}, /url/],
  ['no http URL', { url: 'ftp://example.com/' }, /http or https/],
  ['a URL with a password', { url: 'http://a:b@example.com/' }, /user name or a password/],
  ['an unknown type', { url, types: ['product.sold'] }, /types/],
  [
    'a type twice',
    { url, types: ['alert.fired', 'alert.fired'] },
    /^The types must differ from each other: "alert.fired" is there twice$/,
  ],
  ['an empty URL', { url: '' }, /^The url must not be empty$/],
  ['no product id', { url, product_id: 'saw' }, /product_id/],
  ['an invisible tag', { url, tag: '\u200b' }, /tag.* must have at least one visible character/],
  ['a tag that is too long', { url, tag: 'x'.repeat(65) }, /tag.* has 65 characters/],
  ['an empty batch', { url, batch_size: 0 }, /^The batch_size must be at least 1$/],
  [
    'a batch that is too large',
    { url, batch_size: 1_001 },
    /^The batch_size must be at most 1000$/,
  ],
  ['a secret of its own', { url, secret: 'whsec_AA==' }, /secret/],
]

for (const [what, payload, message] of BAD) {
  t.test(`${what} is refused`, async (t) => {
    const { app } = await startWebhooks(t)
    isError(t, await app.inject({ method: 'POST', url: WEBHOOKS, payload }), 400, message)
    t.same((await app.inject(WEBHOOKS)).json<WebhookList>().items, [])
  })
}

t.test('what is refused at creation is refused in a change', async (t) => {
  const { app } = await startWebhooks(t)
  const { id } = await createWebhook(app, { url })
  const before = await readWebhook(app, id)
  for (const [what, payload, message] of BAD) {
    if (what !== 'no URL') isError(t, await patchWebhook(app, id, payload), 400, message)
  }
  t.same(await readWebhook(app, id), before)
})

t.test('an unknown webhook is a 404', async (t) => {
  const { app } = await startWebhooks(t)
  const answers = [
    await app.inject(`${WEBHOOKS}/${UNKNOWN_ID}`),
    await patchWebhook(app, UNKNOWN_ID, { enabled: true }),
    await app.inject({ method: 'DELETE', url: `${WEBHOOKS}/${UNKNOWN_ID}` }),
    await call(app, `${UNKNOWN_ID}/test`),
    await call(app, `${UNKNOWN_ID}/replay`, { after: 0 }),
    await call(app, `${UNKNOWN_ID}/rotate-secret`),
  ]
  for (const answer of answers) {
    isError(t, answer, 404, `There is no webhook ${UNKNOWN_ID}`, 'WEBHOOK_NOT_FOUND')
  }
})

t.test('a webhook about a product that is not there is refused', async (t) => {
  const { app } = await startWebhooks(t)
  const payload = { url, product_id: UNKNOWN_ID }
  const message = `There is no product ${UNKNOWN_ID}`
  const send = () =>
    app.inject({
      ...{ method: 'POST', url: WEBHOOKS, headers: { 'idempotency-key': 'k' }, payload },
    })
  isError(t, await send(), 404, message, 'PRODUCT_NOT_FOUND')
  const { id } = await createWebhook(app, { url })
  const before = await readWebhook(app, id)
  const answer = await patchWebhook(app, id, { product_id: UNKNOWN_ID, batch_size: 5 })
  isError(t, answer, 404, message, 'PRODUCT_NOT_FOUND')
  t.same(await readWebhook(app, id), before, 'and nothing of it is changed')
  await app.store.createProduct({ name: 'Saw' }, { id: UNKNOWN_ID })
  t.equal((await send()).statusCode, 201, 'the key was left free')
})

t.test('a replay from beyond the end of the feed is refused', async (t) => {
  const { app } = await startWebhooks(t)
  const { id } = await createWebhook(app, { url })
  await create(app, { name: 'Saw' })
  isError(t, await call(app, `${id}/replay`, { after: 2 }), 400, /at most 1, the last change/)
  t.match((await call(app, `${id}/replay`, { after: 1 })).json(), { cursor: 1, lag: 0 })
})

t.test('there are 100 webhooks at most', async (t) => {
  const { app } = await startWebhooks(t)
  const settings = { url, types: [], productId: null, tag: null, batchSize: 1, enabled: false }
  for (let n = 0; n < 100; n++) {
    const id = app.environment.newId()
    await app.store.createWebhook({ ...settings, id, secret: 'whsec_AA==' }, 100)
  }
  const response = await app.inject({ method: 'POST', url: WEBHOOKS, payload: { url } })
  isError(t, response, 409, /^There are 100 webhooks already/, 'TOO_MANY_WEBHOOKS')
  await app.inject({ method: 'DELETE', url: `${WEBHOOKS}/${(await first()).id}` })
  t.equal((await app.inject({ method: 'POST', url: WEBHOOKS, payload: { url } })).statusCode, 201)

  async function first(): Promise<Webhook> {
    const [webhook] = (await app.inject(`${WEBHOOKS}?limit=1`)).json<WebhookList>().items
    if (!webhook) throw new Error('there is no webhook')
    return webhook
  }
})

t.test('a read-only token reads webhooks, and changes none', async (t) => {
  const { app } = await startWebhooks(t, { API_TOKEN: 'full', API_READ_TOKEN: 'read' })
  const headers = { authorization: 'Bearer read' }
  t.equal((await app.inject({ url: WEBHOOKS, headers })).statusCode, 200)
  const response = await app.inject({ method: 'POST', url: WEBHOOKS, headers, payload: { url } })
  t.equal(response.statusCode, 403)
  t.equal((await app.inject(`${API}/webhooks`)).statusCode, 401)
})
