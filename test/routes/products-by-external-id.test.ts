import t from 'tap'
import type { Product } from '../../schemas/product.ts'
import { startApp } from '../helper.ts'
import {
  API,
  create,
  holdStill,
  isError,
  NO_UPSTREAM,
  PRODUCTS,
  post,
  UNKNOWN_ID,
} from './helper.ts'

/** One app for all, in which each test has external ids of its own. */
const app = await startApp(t, NO_UPSTREAM)
holdStill(app) // A product changes when its registration fails, or when polls are paused.

const urlOf = (externalId: string) => `${PRODUCTS}/by-external-id/${encodeURIComponent(externalId)}`

const put = (externalId: string, payload: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'PUT', url: urlOf(externalId), payload, headers })

const KEYS: [what: string, key: string][] = [
  ['a SKU', 'AB-123'],
  ['a slash', 'a/b'],
  ['a slash at its end', 'a/'],
  ['slashes alone', '//'],
  ['a percent sign', '100%'],
  ['what looks encoded', '%2F'],
  ['a question mark and a hash', 'a?b#c'],
  ['a plus and a blank', 'a + b'],
  ['a semicolon and a colon', 'a;b:c'],
  ['a backslash', 'a\\b'],
  ['letters with diacritics', 'šroub'],
  ['points at its beginning', '../a'],
  ['the name of a property of all objects', '__proto__'],
  ['the name of another route', 'offers'],
  ['255 emoji', '🛒'.repeat(255)],
]
for (const [what, key] of KEYS) {
  t.test(`an external id with ${what} is created, read and replaced by its path`, async (t) => {
    const made = await put(key, { name: 'a', description: 'b' })
    t.equal(made.statusCode, 201)
    const { id, external_id: externalId } = made.json<Product>()
    t.equal(externalId, key)
    t.equal(made.headers.location, `${PRODUCTS}/${id}`)
    const read = await app.inject(urlOf(key))
    t.equal(read.statusCode, 200)
    t.strictSame(read.json(), made.json())
    t.equal(read.headers.etag, made.headers.etag)
    const replaced = await put(key, { name: 'c' })
    t.equal(replaced.statusCode, 200)
    t.match(replaced.json(), { id, external_id: key, name: 'c', description: '' })
  })
}

const REFUSED: [what: string, path: string, message: RegExp][] = [
  ['256 characters', 'a'.repeat(256), /external_id/],
  ['a blank', '%20', /The path parameter external_id must have at least one visible character/],
  ['NUL', 'a%00', /must not contain NUL/],
]
for (const [what, path, message] of REFUSED) {
  for (const method of ['GET', 'PUT'] as const) {
    t.test(`${method} with ${what} as external id is refused`, async (t) => {
      const url = `${PRODUCTS}/by-external-id/${path}`
      const payload = method === 'PUT' ? { name: 'a' } : undefined
      isError(t, await app.inject({ method, url, payload }), 400, message)
    })
  }
}

const BODIES: [what: string, body: object, message: string][] = [
  ['no name', {}, 'Give the product a name: the property "name" is missing'],
  [
    'an external id of its own',
    { name: 'a', external_id: 'x' },
    "The body has the unknown property 'external_id': the properties are name, description, tags, metadata",
  ],
]
for (const [what, body, message] of BODIES) {
  t.test(`a put with ${what} is refused`, async (t) => {
    isError(t, await put('refused', body), 400, message)
    isError(
      t,
      await app.inject(urlOf('refused')),
      404,
      'There is no product with the external_id "refused"',
      'PRODUCT_NOT_FOUND',
    )
  })
}

t.test('If-Match guards a put, and never creates', async (t) => {
  for (const tag of ['*', '"1-x"', '"x"']) {
    isError(
      t,
      await put('guarded', { name: 'a' }, { 'if-match': tag }),
      412,
      'There is no product with the external_id "guarded"; leave out If-Match to create it',
      'VERSION_MISMATCH',
    )
  }
  const etag = String((await put('guarded', { name: 'a' })).headers.etag)
  t.equal((await put('guarded', { name: 'b' }, { 'if-match': etag })).statusCode, 200)
  isError(
    t,
    await put('guarded', { name: 'c' }, { 'if-match': etag }),
    412,
    'Product with the external_id "guarded" has changed since the version that If-Match names',
    'VERSION_MISMATCH',
  )
  t.equal((await put('guarded', { name: 'd' }, { 'if-match': '*' })).statusCode, 200)
})

t.test('a put that changes nothing keeps the tag', async (t) => {
  const first = await put('same', { name: ' a ' })
  const second = await put('same', { name: 'a' })
  t.equal(second.statusCode, 200)
  t.equal(second.headers.etag, first.headers.etag)
})

t.test('a taken external id is a conflict that names the product', async (t) => {
  const { id } = await create(app, { name: 'a', external_id: 'taken' })
  const message =
    `The external_id "taken" belongs to product ${id}; ` +
    'change that product, or choose another external_id'
  isError(
    t,
    await post(app, { name: 'b', external_id: 'taken' }),
    409,
    message,
    'EXTERNAL_ID_TAKEN',
  )
  const other = await create(app, { name: 'c' })
  const patch = { method: 'PATCH', url: `${PRODUCTS}/${other.id}` } as const
  const payload = { external_id: 'taken' }
  isError(t, await app.inject({ ...patch, payload }), 409, message, 'EXTERNAL_ID_TAKEN')
  await app.inject({ method: 'DELETE', url: `${PRODUCTS}/${id}` })
  t.equal((await app.inject({ ...patch, payload })).statusCode, 200)
})

const VALUES: [value: unknown, message: string][] = [
  [5, 'The external_id must be text or null'],
  ['', 'The external_id must have at least one visible character'],
  ['\u200b', 'The external_id must have at least one visible character'],
  ['..', 'The external_id must not be "." or "..", which no URL can end in'],
  ['\ud83d', 'The external_id must not contain NUL characters or unpaired surrogates'],
  ['a'.repeat(256), 'The external_id has 256 characters; at most 255 are allowed'],
]
for (const [value, message] of VALUES) {
  t.test(`${JSON.stringify(value).slice(0, 20)} is refused as an external id`, async (t) => {
    const payload = { name: 'a', external_id: value }
    isError(t, await app.inject({ method: 'POST', url: PRODUCTS, payload }), 400, message)
    const patched = { method: 'PATCH', url: `${PRODUCTS}/${UNKNOWN_ID}` } as const
    isError(t, await app.inject({ ...patched, payload: { external_id: value } }), 400, message)
  })
}

t.test('a patch gives a product an external id, and takes it away', async (t) => {
  const { id } = await create(app, { name: 'a' })
  const patch = (payload: object) =>
    app.inject({ method: 'PATCH', url: `${PRODUCTS}/${id}`, payload })
  t.match((await patch({ external_id: 'given' })).json(), { external_id: 'given' })
  t.match((await app.inject(urlOf('given'))).json(), { id })
  t.match((await patch({ external_id: null })).json(), { external_id: null, name: 'a' })
  t.equal((await app.inject(urlOf('given'))).statusCode, 404)
})

t.test('another method is refused with those that are allowed', async (t) => {
  const response = await app.inject({ method: 'DELETE', url: urlOf('a') })
  isError(t, response, 405, /DELETE/)
  t.match(response.headers.allow, /GET.*HEAD.*PUT/)
})

t.test('a path without an external id is not served', async (t) => {
  isError(t, await app.inject(`${API}/products/by-external-id/`), 404, /There is no/)
})
