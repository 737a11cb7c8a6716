import t from 'tap'
import { StoreUnavailable } from '../../db/errors.ts'
import { startApp } from '../helper.ts'
import { type App, isError, NO_UPSTREAM, PRODUCTS, type Response } from './helper.ts'

const BATCH = `${PRODUCTS}/batch`
const MOWER = { name: 'Mower', external_id: 'M-1' }

/** POSTs with a key; `token` is that of the request. */
function post(
  app: App,
  key: string | undefined,
  payload: object | string,
  { url = PRODUCTS, token }: { url?: string; token?: string } = {},
): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(token && { authorization: `Bearer ${token}` }),
  }
  return app.inject({ method: 'POST', url, headers, payload })
}

const told = ({ statusCode, body, headers: { etag, location } }: Response) => ({
  statusCode,
  body,
  etag,
  location,
})

const countProducts = async (app: App) => (await app.store.totals()).products

t.test('100 requests with one key that come at once get one answer', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const answers = await Promise.all(Array.from({ length: 100 }, () => post(app, 'k', MOWER)))
  t.match(answers[0], { statusCode: 201, headers: { location: /./, etag: /^"1-/ } })
  t.equal(new Set(answers.map((answer) => JSON.stringify(told(answer)))).size, 1)
  t.equal(await countProducts(app), 1)
})

t.test('a request is the same however its JSON is written', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const first = await post(app, 'k', '{"name":"Mower","description":"a"}')
  const again = await post(app, 'k', '{ "description": "\\u0061", "name": "Mower" }')
  t.strictSame(told(again), told(first))
  t.equal(await countProducts(app), 1)
})

t.test('a request is another one if anything in it differs', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  await post(app, 'k', MOWER)
  const others: [payload: object, url?: string][] = [
    [{ ...MOWER, name: 'mower' }],
    [{ ...MOWER, description: '' }],
    [{ items: [MOWER] }, BATCH],
  ]
  for (const [payload, url] of others) {
    const answer = await post(app, 'k', payload, { url })
    const message =
      'This Idempotency-Key belongs to another request of the last 24 hours; give each request a key of its own'
    isError(t, answer, 422, message, 'IDEMPOTENCY_KEY_REUSED')
  }
  t.equal(await countProducts(app), 1)
})

t.test('the answer to a batch is kept, with what was refused', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  await post(app, undefined, MOWER)
  const items = [{ name: '' }, { name: 'Axe' }, MOWER, { nam: 'Saw' }]
  const first = await post(app, 'k', { items }, { url: BATCH })
  t.match(first.json().items, [
    { error: { statusCode: 400 } },
    { status: 'created' },
    { error: { statusCode: 409 } },
    { error: { statusCode: 400 } },
  ])
  t.strictSame(told(await post(app, 'k', { items }, { url: BATCH })), told(first))
  t.equal(await countProducts(app), 2)
  const refused = await post(app, 'all-refused', { items: [{}] }, { url: BATCH })
  t.equal(refused.statusCode, 200)
  t.equal((await post(app, 'all-refused', { items: [MOWER] }, { url: BATCH })).statusCode, 422)
})

t.test('a conflict is kept', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const { id } = (await post(app, undefined, MOWER)).json()
  const first = await post(app, 'k', MOWER)
  t.equal(first.statusCode, 409)
  await app.inject({ method: 'DELETE', url: `${PRODUCTS}/${id}` })
  t.strictSame(told(await post(app, 'k', MOWER)), told(first))
})

t.test(
  'a request that is malformed, or that the service failed to do, leaves its key free',
  async (t) => {
    const app = await startApp(t, NO_UPSTREAM)
    t.equal((await post(app, 'k', { name: '' })).statusCode, 400)
    t.equal((await post(app, 'k', { name: 'Axe', price: 1 })).statusCode, 400)
    const { createProduct } = app.store
    app.store.createProduct = async () => {
      throw new StoreUnavailable(new Error('the disk is full'))
    }
    t.equal((await post(app, 'k', MOWER)).statusCode, 503)
    app.store.createProduct = createProduct
    t.equal((await post(app, 'k', MOWER)).statusCode, 201)
  },
)

t.test('a batch that is nested too deeply to be compared is refused', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const nested = (levels: number) => `{"items":[${'['.repeat(levels)}${']'.repeat(levels)}]}`
  const message = 'The body has more than 100 levels of lists and objects'
  for (const levels of [99, 1_000_000]) {
    isError(t, await post(app, 'k', nested(levels), { url: BATCH }), 400, message)
  }
  t.match((await post(app, 'k', nested(98), { url: BATCH })).json().items, [
    { error: { message: 'The item must be a JSON object' } },
  ])
})

t.test('a key belongs to the token of the request', async (t) => {
  const app = await startApp(t, { ...NO_UPSTREAM, API_TOKEN: 'first,second' })
  const ids = new Set<string>()
  for (const token of ['first', 'second', 'first']) {
    const answer = await post(app, 'k', { name: 'Mower' }, { token })
    t.equal(answer.statusCode, 201)
    ids.add(answer.json().id)
  }
  t.equal(ids.size, 2)
})

t.test('a kept answer does not depend on a pause of the calls to the Offers service', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const send = () => post(app, 'k', MOWER)
  const batch = () => post(app, 'batch', { items: [MOWER], on_conflict: 'skip' }, { url: BATCH })
  const [first, firstBatch] = [await send(), await batch()]
  const { withPause } = app
  app.withPause = (product) => ({ ...withPause(product), stale: false })
  t.strictSame(told(await send()), told(first))
  t.strictSame(told(await batch()), told(firstBatch))
})

const HEADER = 'The header idempotency-key'
const ASCII = `${HEADER} must consist of visible ASCII characters without spaces, and be sent once`
const INVALID: [what: string, key: string | string[], message: string][] = [
  ['an empty one', '', `${HEADER} must not be empty`],
  ['one with a space', 'a b', ASCII],
  [
    'one that is too long',
    'a'.repeat(256),
    `${HEADER} has 256 characters; at most 255 are allowed`,
  ],
  ['one beyond ASCII', 'kľúč', ASCII],
  ['two of them', ['a', 'b'], ASCII],
]
for (const [what, key, message] of INVALID) {
  t.test(`a key is refused: ${what}`, async (t) => {
    const app = await startApp(t, NO_UPSTREAM)
    const answer = await app.inject({
      ...{ method: 'POST', url: PRODUCTS, payload: MOWER },
      headers: { 'idempotency-key': key as string },
    })
    isError(t, answer, 400, message)
    t.equal(await countProducts(app), 0)
  })
}
