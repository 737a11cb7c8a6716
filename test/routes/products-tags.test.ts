import t from 'tap'
import type { BatchResult } from '../../schemas/batch.ts'
import type { Product } from '../../schemas/product.ts'
import { startApp } from '../helper.ts'
import { BATCH } from './bad-case.ts'
import { create, holdStill, NO_UPSTREAM, PRODUCTS, post, read } from './helper.ts'

const app = await startApp(t, NO_UPSTREAM)
holdStill(app) // A product changes when its registration fails, or when polls are paused.

t.test('a product with all that the limits allow fits, also if it is escaped', async (t) => {
  const sign = (count: number) => '🛒'.repeat(count)
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => String(10 + n))
  const product = {
    name: sign(255),
    description: sign(10_000),
    external_id: sign(255),
    tags: numbers(32).map((number) => sign(62) + number),
    metadata: Object.fromEntries(numbers(50).map((number) => [sign(38) + number, sign(500)])),
  }
  const payload = JSON.stringify(product).replaceAll('🛒', '\\ud83d\\uded2')
  const headers = { 'content-type': 'application/json' }
  const created = await app.inject({ method: 'POST', url: PRODUCTS, headers, payload })
  t.match(created.json(), product)
})

/** What is sent, and what the product has then. */
const ACCEPTED: [what: string, sent: Partial<Product>, kept: Partial<Product>][] = [
  ['no tags', { tags: [] }, { tags: [], metadata: {} }],
  ['tags with blanks around', { tags: [' a\n', '\u3000b c'] }, { tags: ['a', 'b c'] }],
  ['tags that are not in NFC', { tags: ['z\u030cen'] }, { tags: ['\u017een'] }],
  ['tags that differ in case', { tags: ['a', 'A'] }, { tags: ['a', 'A'] }],
  ['a tag of 64 emoji', { tags: [` ${'🛒'.repeat(64)}`] }, { tags: ['🛒'.repeat(64)] }],
  ['no metadata', { metadata: {} }, { tags: [], metadata: {} }],
  ['an empty text', { metadata: { a: '' } }, { metadata: { a: '' } }],
  ['blanks, which stay', { metadata: { ' a ': ' b ' } }, { metadata: { ' a ': ' b ' } }],
  ['a key of 40 emoji', { metadata: { ['🛒'.repeat(40)]: '🛒'.repeat(500) } }, {}],
  ['names of properties of all objects', { metadata: { constructor: 'a', toString: 'b' } }, {}],
]
for (const [what, sent, kept] of ACCEPTED) {
  t.test(`a product is created, changed and replaced with ${what}`, async (t) => {
    const { id } = await create(app, { name: 'a' })
    const url = `${PRODUCTS}/by-external-id/${id}`
    const answers = [
      await post(app, { name: 'a', ...sent }),
      await app.inject({ method: 'PATCH', url: `${PRODUCTS}/${id}`, payload: sent }),
      await app.inject({ method: 'PUT', url, payload: { name: 'a', ...sent } }),
    ]
    for (const answer of answers) {
      t.ok(answer.statusCode < 300, answer.body)
      const { id, tags, metadata } = answer.json<Product>()
      t.match({ tags, metadata }, { ...sent, ...kept })
      t.match(await read(app, id), { tags, metadata })
    }
  })
}

t.test('metadata can have a key called __proto__', async (t) => {
  const payload = '{"name":"a","metadata":{"__proto__":"x","b":"y"}}'
  const headers = { 'content-type': 'application/json' }
  const made = await app.inject({ method: 'POST', url: PRODUCTS, payload, headers })
  t.equal(made.statusCode, 201)
  t.match(made.body, '"metadata":{"__proto__":"x","b":"y"}')
  t.match((await app.inject(`${PRODUCTS}/${made.json<Product>().id}`)).body, '{"__proto__":"x"')
})

t.test('a batch refuses items with bad tags, and normalises the others', async (t) => {
  const items = [
    { name: 'a', tags: [' x '] },
    { name: 'b', tags: ['y', 'y '] },
    { name: 'c', metadata: { '': 'x' } },
  ]
  const { items: results } = (
    await app.inject({ method: 'POST', url: BATCH, payload: { items } })
  ).json<BatchResult>()
  t.strictSame(results[0]?.product?.tags, ['x'])
  t.match(results.slice(1), [
    { error: { message: 'The tags must differ from each other: "y" is there twice' } },
    { error: { message: 'A key of the metadata must have at least one visible character' } },
  ])
})

t.test('a change of many products tags them', async (t) => {
  const made = [await create(app, { name: 'a' }), await create(app, { name: 'b', tags: ['x'] })]
  const items = made.map(({ id }) => ({ id, tags: ['sale ', 'x'] }))
  const answer = await app.inject({ method: 'POST', url: `${BATCH}/update`, payload: { items } })
  const { items: results } = answer.json<BatchResult>()
  t.strictSame(
    results.map(({ product }) => product?.tags),
    [
      ['sale', 'x'],
      ['sale', 'x'],
    ],
  )
})

t.test('a new version of a product has another ETag', async (t) => {
  const { id } = await create(app, { name: 'a' })
  const url = `${PRODUCTS}/${id}`
  const { etag } = (await app.inject(url)).headers
  await app.inject({ method: 'PATCH', url, payload: { tags: ['a'] } })
  const headers = { 'if-match': String(etag) }
  const late = await app.inject({ method: 'PATCH', url, payload: { tags: ['b'] }, headers })
  t.equal(late.statusCode, 412)
})
