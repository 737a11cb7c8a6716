import t from 'tap'
import type { Product } from '../../schemas/product.ts'
import { eventually, startApp, startSimulator } from '../helper.ts'
import {
  create,
  holdStill,
  isError,
  NO_UPSTREAM,
  PRODUCTS,
  post,
  read,
  UNKNOWN_ID,
} from './helper.ts'

const at = (ms: number) => new Date(ms).toISOString()

/** One app for all, in which each test makes products of its own, and moves the time forward. */
const time = { now: Date.UTC(2026, 10, 22, 8) }
const app = await startApp(t, NO_UPSTREAM, { clock: () => time.now })
holdStill(app) // A product changes when its registration fails, or when polls are paused.
const patch = (id: string, payload: object) =>
  app.inject({ method: 'PATCH', url: `${PRODUCTS}/${id}`, payload })
const remove = (id: string) => app.inject({ method: 'DELETE', url: `${PRODUCTS}/${id}` })

t.test('POST answers 201 with the product, its defaults, its place and its tag', async (t) => {
  const response = await post(app, { name: 'Mower' })
  const product = response.json<Product>()
  t.equal(response.statusCode, 201)
  t.match(response.headers['content-type'], 'application/json; charset=utf-8')
  t.match(product.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.strictSame(product, {
    id: product.id,
    name: 'Mower',
    description: '',
    external_id: null,
    tags: [],
    metadata: {},
    created_at: at(time.now),
    updated_at: at(time.now),
    registration: { status: 'pending', reason: null },
    refresh: {
      next_at: at(time.now),
      failures: 0,
      fault: null,
      message: null,
      failed_at: null,
    },
    offers_count: 0,
    lowest_price: null,
    checked_at: null,
    stale: true,
  })
  t.equal(response.headers.location, `${PRODUCTS}/${product.id}`)
  t.match(response.headers.etag, /^"1-[\w-]{27}"$/)
})

t.test('GET at the place that POST names answers with the same bytes and tag', async (t) => {
  const created = await post(app, { name: 'Mower', description: 'Mows' })
  const response = await app.inject(String(created.headers.location))
  t.equal(response.statusCode, 200)
  t.equal(response.body, created.body)
  t.equal(response.headers.etag, created.headers.etag)
})

t.test('HEAD answers as GET does, without the body', async (t) => {
  const { id } = await create(app, { name: 'Mower' })
  for (const path of [`/${id}`, '', '?limit=1', `/${id}/offers`]) {
    await t.test(path, async (t) => {
      const get = await app.inject(PRODUCTS + path)
      const head = await app.inject({ method: 'HEAD', url: PRODUCTS + path })
      t.equal(head.statusCode, 200)
      t.equal(head.body, '')
      for (const header of ['content-type', 'content-length', 'etag', 'link']) {
        t.equal(head.headers[header], get.headers[header], header)
      }
    })
  }
})

t.test('text is kept as it was sent, but for the blanks around a name', async (t) => {
  const texts: [what: string, name: string, kept: string, description?: string][] = [
    ['blanks', ' \t\r\n\u00a0\u2003\u3000\ufeffMower\u2028 ', 'Mower'],
    ['blanks within', 'Robotic   lawn\tmower', 'Robotic   lawn\tmower'],
    ['one character', 'M', 'M'],
    ['255 letters', 'a'.repeat(255), 'a'.repeat(255)],
    ['255 letters between blanks', `${' '.repeat(300)}${'a'.repeat(255)} `, 'a'.repeat(255)],
    ['255 emoji between blanks', ` ${'🛒'.repeat(255)} `, '🛒'.repeat(255)],
    [
      '255 letters with a blank inside',
      `${'a'.repeat(127)} ${'b'.repeat(127)}`,
      `${'a'.repeat(127)} ${'b'.repeat(127)}`,
    ],
    ['letters and their marks apart', 'sekac\u030cka', 'sekac\u030cka'],
    ['quotes, markup and SQL', `'"; DROP TABLE products; <b>`, `'"; DROP TABLE products; <b>`],
    ['control characters', 'a\u0001b\u007f', 'a\u0001b\u007f'],
    ['a name like a key of objects', '__proto__', '__proto__'],
    ['10,000 letters', 'a', 'a', 'd'.repeat(10_000)],
    ['10,000 emoji', 'a', 'a', '🛒'.repeat(10_000)],
    ['a description of blanks', 'a', 'a', '  \n '],
    ['an empty description', 'a', 'a', ''],
  ]
  for (const [what, name, kept, description] of texts) {
    await t.test(what, async (t) => {
      const response = await post(app, { name, description })
      t.equal(response.statusCode, 201)
      const { id } = response.json<Product>()
      t.match(response.json(), { name: kept, description: description ?? '' })
      t.match(await read(app, id), { name: kept, description: description ?? '' })
    })
  }
})

t.test(
  'a body of escapes alone, for a description of 10,000 characters, is not too large',
  async (t) => {
    const payload = `{"name":"a","description":"${'\\ud83d\\uded2'.repeat(10_000)}"}`
    const headers = { 'content-type': 'application/json' }
    const response = await app.inject({ method: 'POST', url: PRODUCTS, headers, payload })
    t.equal(response.statusCode, 201)
    t.equal(response.json<Product>().description, '🛒'.repeat(10_000))
  },
)

t.test('JSON may say that it is in UTF-8', async (t) => {
  const types = [
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
    'Application/JSON',
  ]
  for (const type of types) {
    await t.test(type, async (t) => {
      const headers = { 'content-type': type }
      const payload = '{"name":"sekačka"}'
      const response = await app.inject({ method: 'POST', url: PRODUCTS, headers, payload })
      t.equal(response.statusCode, 201)
      t.equal(response.json<Product>().name, 'sekačka')
    })
  }
})

t.test('products made within one millisecond have ids and places of their own', async (t) => {
  const made = await Promise.all(['a', 'b', 'c'].map((name) => create(app, { name })))
  t.equal(new Set(made.map(({ id }) => id)).size, 3)
})

t.test('an id is the same in capitals', async (t) => {
  const product = await create(app, { name: 'Mower' })
  const url = `${PRODUCTS}/${product.id.toUpperCase()}`
  t.strictSame((await app.inject(url)).json(), product)
  t.equal((await app.inject(`${url}/offers`)).statusCode, 200)
  const patched = await app.inject({ method: 'PATCH', url, payload: { name: 'Saw' } })
  t.equal(patched.json<Product>().id, product.id)
  t.equal((await app.inject({ method: 'DELETE', url })).statusCode, 204)
})

t.test('PATCH changes what it names and when it was updated', async (t) => {
  const changes: [what: string, patch: object, after: Partial<Product>][] = [
    ['the name', { name: ' Saw ' }, { name: 'Saw', description: 'Mows' }],
    ['the description', { description: 'Saws' }, { name: 'Mower', description: 'Saws' }],
    ['both', { name: 'Saw', description: 'Saws' }, { name: 'Saw', description: 'Saws' }],
    ['the description to nothing', { description: '' }, { name: 'Mower', description: '' }],
  ]
  for (const [what, change, after] of changes) {
    await t.test(what, async (t) => {
      const before = await create(app, { name: 'Mower', description: 'Mows' })
      time.now += 5
      const response = await patch(before.id, change)
      t.equal(response.statusCode, 200)
      t.match(response.headers.etag, /^"2-/)
      t.strictSame(response.json(), {
        ...before,
        ...after,
        created_at: before.created_at,
        updated_at: at(Date.parse(before.created_at) + 5),
      })
      t.strictSame(await read(app, before.id), response.json())
    })
  }
})

t.test(
  'PATCH that changes nothing keeps the version and the time of the last change',
  async (t) => {
    const response = await post(app, { name: 'Mower', description: 'Mows' })
    const product = response.json<Product>()
    time.now += 1000
    for (const change of [{ name: 'Mower' }, { name: ' Mower\n' }, { description: 'Mows' }]) {
      await t.test(JSON.stringify(change), async (t) => {
        const patched = await patch(product.id, change)
        t.equal(patched.statusCode, 200)
        t.strictSame(patched.json(), product)
        t.equal(patched.headers.etag, response.headers.etag)
      })
    }
  },
)

t.test('PATCH where the clock stepped back does not date the change before the last', async (t) => {
  const product = await create(app, { name: 'Mower' })
  time.now -= 60_000
  const patched = await patch(product.id, { name: 'Saw' })
  time.now += 60_000
  t.equal(patched.json<Product>().updated_at, product.created_at)
})

t.test('PATCH of a rejected product registers it again', async (t) => {
  const simulator = await startSimulator(t)
  simulator.faults.settings.calls = ['register']
  simulator.faults.settings.next = [{ status: 400, body: '{"code":"BAD","msg":"No such name"}' }]
  const app = await startApp(t, { OFFERS_BASE_URL: simulator.baseUrl })
  const { id } = await create(app, { name: 'Mower' })
  const rejected = await eventually(async () => {
    const product = await read(app, id)
    return product.registration.status === 'rejected' ? product : undefined
  })
  t.strictSame(rejected?.registration, { status: 'rejected', reason: 'No such name' })

  const payload = { name: 'Saw' }
  const patched = await app.inject({ method: 'PATCH', url: `${PRODUCTS}/${id}`, payload })
  t.strictSame(patched.json<Product>().registration, { status: 'pending', reason: null })
  await eventually(async () => (await read(app, id)).registration.status === 'registered')
})

t.test('a new product is registered and polled at once, in the background', async (t) => {
  const simulator = await startSimulator(t)
  const app = await startApp(t, { OFFERS_BASE_URL: simulator.baseUrl })
  const { id } = await create(app, { name: 'Mower' })
  const product = await eventually(async () => {
    const product = await read(app, id)
    return product.checked_at === null ? undefined : product
  })
  t.equal(product?.registration.status, 'registered')
  t.equal(product?.stale, false)
  t.equal(simulator.served.requests.register, 1)
})

t.test('DELETE removes the product with its offers', async (t) => {
  const { id } = await create(app, { name: 'Mower' })
  const kept = await create(app, { name: 'Saw' })
  const response = await remove(id)
  t.equal(response.statusCode, 204)
  t.equal(response.body, '')
  t.equal(response.headers['content-type'], undefined)
  const message = `There is no product ${id}`
  isError(t, await app.inject(`${PRODUCTS}/${id}`), 404, message, 'PRODUCT_NOT_FOUND')
  isError(t, await app.inject(`${PRODUCTS}/${id}/offers`), 404, message, 'PRODUCT_NOT_FOUND')
  isError(t, await patch(id, { name: 'a' }), 404, message, 'PRODUCT_NOT_FOUND')
  isError(t, await remove(id), 404, message, 'PRODUCT_NOT_FOUND')
  t.strictSame(await read(app, kept.id), kept)
})

t.test('DELETE by a client that always says that it sends JSON is done', async (t) => {
  const { id } = await create(app, { name: 'Mower' })
  const headers = { 'content-type': 'application/json' }
  const response = await app.inject({ method: 'DELETE', url: `${PRODUCTS}/${id}`, headers })
  t.equal(response.statusCode, 204)
})

for (const payload of ['null', '{}']) {
  t.test(`DELETE with a body that says nothing is done: ${payload}`, async (t) => {
    const { id } = await create(app, { name: 'Mower' })
    const headers = { 'content-type': 'application/json' }
    const url = `${PRODUCTS}/${id}`
    t.equal((await app.inject({ method: 'DELETE', url, headers, payload })).statusCode, 204)
  })
}

t.test('a product that is not there is a 404 before it is a conflict', async (t) => {
  const headers = { 'if-match': '"9-x"' }
  const url = `${PRODUCTS}/${UNKNOWN_ID}`
  const message = `There is no product ${UNKNOWN_ID}`
  isError(t, await app.inject({ method: 'DELETE', url, headers }), 404, message)
  const payload = { name: 'a' }
  isError(t, await app.inject({ method: 'PATCH', url, headers, payload }), 404, message)
})
