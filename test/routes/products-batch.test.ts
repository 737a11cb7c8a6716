import t from 'tap'
import type { ApiError } from '../../schemas/error.ts'
import type { Product } from '../../schemas/product.ts'
import { startApp } from '../helper.ts'
import { isError, list, NO_UPSTREAM, PRODUCTS, read } from './helper.ts'

/** One app for all, in which each test makes products of its own. */
const app = await startApp(t, NO_UPSTREAM)

async function countProducts(): Promise<number> {
  return (await app.store.totals()).products
}

interface Result {
  index: number
  status?: string
  product?: Product
  error?: ApiError
}

async function send(items: unknown[], options: { on_conflict?: unknown } = {}) {
  const response = await app.inject({
    method: 'POST',
    url: `${PRODUCTS}/batch`,
    payload: { items, ...options },
  })
  return { response, results: response.json<{ items: Result[] }>().items }
}

t.test('a batch of valid items creates them all, in order, at one time', async (t) => {
  const items = [{ name: ' Mower 1 ', description: 'Mows' }, { name: 'Mower' }, { name: 'Mower' }]
  const { response, results } = await send(items)
  t.equal(response.statusCode, 200)
  t.strictSame(
    results.map(({ index }) => index),
    [0, 1, 2],
  )
  t.strictSame(
    results.map(({ product }) => [product?.name, product?.description]),
    [
      ['Mower 1', 'Mows'],
      ['Mower', ''],
      ['Mower', ''],
    ],
  )
  t.equal(new Set(results.map(({ product }) => product?.id)).size, 3)
  t.equal(new Set(results.map(({ product }) => product?.created_at)).size, 1)
  for (const { product } of results) t.strictSame(await read(app, product?.id ?? ''), product)
  t.strictSame(
    (await list(app, 'q=mower')).items,
    results.map(({ product }) => product),
  )
})

t.test('a batch of 1,000 is created in one go', async (t) => {
  const before = await countProducts()
  const { results } = await send(
    Array.from({ length: 1000 }, (_, index) => ({ name: `p${index}` })),
  )
  t.equal(results.filter(({ product }, index) => product?.name === `p${index}`).length, 1000)
  t.equal((await countProducts()) - before, 1000)
})

t.test('a batch of long descriptions is not too large', async (t) => {
  const description = 'd'.repeat(10_000)
  const { response } = await send(Array.from({ length: 100 }, () => ({ name: 'a', description })))
  t.equal(response.statusCode, 200)
})

const CONFLICTS: [onConflict: string | undefined, told: string[], left: string][] = [
  [undefined, ['created', '409', '400', 'created'], 'old'],
  ['error', ['created', '409', '400', 'created'], 'old'],
  ['skip', ['created', 'skipped', '400', 'created'], 'old'],
  ['update', ['created', 'updated', '400', 'created'], 'met'],
]
for (const [onConflict, told, left] of CONFLICTS) {
  t.test(`on_conflict ${onConflict ?? 'left out'} decides on a taken external id`, async (t) => {
    const external_id = `taken ${onConflict}`
    const [old] = (await send([{ name: 'old', description: 'kept', external_id }])).results
    const items = [{ name: 'new' }, { name: 'met', external_id }, {}, { name: 'last' }]
    const { results } = await send(items, onConflict ? { on_conflict: onConflict } : {})
    t.strictSame(
      results.map(({ status, error }) => status ?? String(error?.statusCode)),
      told,
    )
    const [, met] = results
    t.match(met?.error ?? met?.product, met?.error ? { code: 'EXTERNAL_ID_TAKEN' } : { name: left })
    const product = await read(app, old?.product?.id ?? '')
    t.match(product, { name: left, description: 'kept', external_id })
    if (met?.product) t.strictSame(met.product, product)
  })
}

t.test('an on_conflict of another value is refused', async (t) => {
  const { response } = await send([{ name: 'a' }], { on_conflict: 'replace' })
  const message = 'The on_conflict must be one of error, skip, update'
  isError(t, response, 400, message)
})

const unknown = (property: string) =>
  `The item has the unknown property '${property}': the properties are name, description, external_id, tags, metadata`

const bad: [item: unknown, message: string][] = [
  [5, 'The item must be a JSON object'],
  ['Mower', 'The item must be a JSON object'],
  [null, 'The item must be a JSON object'],
  [[{ name: 'Mower' }], 'The item must be a JSON object'],
  [{}, 'Give the product a name: the property "name" is missing'],
  [{ name: 5 }, 'The name must be text'],
  [{ name: null }, 'The name must be text'],
  [{ name: ' ' }, 'Give the product a name: this one is blank'],
  [{ name: '\u200b\u3164' }, 'Give the product a name: this one has only invisible characters'],
  [{ name: 'a'.repeat(256) }, 'The name has 256 characters; at most 255 are allowed'],
  [{ name: '\0' }, 'The name must not contain NUL characters or unpaired surrogates'],
  [{ name: '\ud800' }, 'The name must not contain NUL characters or unpaired surrogates'],
  [{ name: 'a', description: 5 }, 'The description must be text'],
  [
    { name: 'a', description: 'd'.repeat(10_001) },
    'The description has 10,001 characters; at most 10,000 are allowed',
  ],
  [
    { name: 'a', description: '\udfff' },
    'The description must not contain NUL characters or unpaired surrogates',
  ],
  [{ name: 'a', id: 'x' }, unknown('id')],
  [{ name: 'a', '\ud800': 1 }, unknown('\ud800')],
]

t.test('a batch of invalid items is answered with what is wrong with each', async (t) => {
  const before = await countProducts()
  const { response, results } = await send(bad.map(([item]) => item))
  t.equal(response.statusCode, 200)
  t.strictSame(
    results,
    bad.map(([, message], index) => ({
      index,
      error: { statusCode: 400, code: 'FST_ERR_VALIDATION', error: 'Bad Request', message },
    })),
  )
  t.equal(await countProducts(), before)
})

t.test('invalid items do not stop the valid ones between them', async (t) => {
  const before = await countProducts()
  const items = bad.flatMap(([item], index) => [item, { name: `p${index}` }])
  const { results } = await send(items)
  t.strictSame(
    results.map(({ index, product, error }) => [index, product?.name, error?.message]),
    bad.flatMap(([, message], index) => [
      [index * 2, undefined, message],
      [index * 2 + 1, `p${index}`, undefined],
    ]),
  )
  t.equal((await countProducts()) - before, bad.length)
})

t.test('the key __proto__ in an item is an unknown property', async (t) => {
  const response = await app.inject({
    method: 'POST',
    url: `${PRODUCTS}/batch`,
    headers: { 'content-type': 'application/json' },
    payload: '{"items":[{"name":"a","__proto__":{"description":"b"}}]}',
  })
  const [result] = response.json<{ items: Result[] }>().items
  t.equal(result?.error?.message, unknown('__proto__'))
})
