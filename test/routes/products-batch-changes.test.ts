import t from 'tap'
import type { Product } from '../../schemas/product.ts'
import { startApp } from '../helper.ts'
import { create, isError, NO_UPSTREAM, PRODUCTS, UNKNOWN_ID } from './helper.ts'

const app = await startApp(t, NO_UPSTREAM)

interface Result {
  index: number
  status?: string
  product?: Product
  error?: { statusCode: number; code?: string; message: string }
}

async function send(what: 'update' | 'delete', payload: object) {
  const response = await app.inject({ method: 'POST', url: `${PRODUCTS}/batch/${what}`, payload })
  return { response, results: response.json<{ items: Result[] }>().items }
}

t.test('changes are applied by index, and invalid ones are reported', async (t) => {
  const { id } = await create(app, { name: 'Mower', description: 'Mows' })
  await create(app, { name: 'Saw', external_id: 'taken' })
  const { response, results } = await send('update', {
    items: [
      { id, name: ' ' },
      { id: id.toUpperCase(), name: ' Mower 2 ' },
      { id },
      { id: UNKNOWN_ID, name: 'a' },
      { id, external_id: 'taken' },
      { id: 'mower', name: 'a' },
      { id, price: 5 },
      'mower',
    ],
  })
  t.equal(response.statusCode, 200)
  t.match(results, [
    { index: 0, error: { statusCode: 400, message: /name/ } },
    { index: 1, status: 'updated', product: { id, name: 'Mower 2', description: 'Mows' } },
    { index: 2, error: { statusCode: 400, message: 'The item must name something to change' } },
    { index: 3, error: { statusCode: 404, code: 'PRODUCT_NOT_FOUND' } },
    { index: 4, error: { statusCode: 409, code: 'EXTERNAL_ID_TAKEN' } },
    { index: 5, error: { statusCode: 400, message: /^The id must be a UUID, such as / } },
    { index: 6, error: { statusCode: 400, message: /unknown property 'price'/ } },
    { index: 7, error: { statusCode: 400, message: 'The item must be a JSON object' } },
  ])
})

t.test('products are deleted by index', async (t) => {
  const { id } = await create(app, { name: 'Mower' })
  const { response, results } = await send('delete', {
    ids: [UNKNOWN_ID, id.toUpperCase(), 'mower', id, 5],
  })
  t.equal(response.statusCode, 200)
  t.match(results, [
    { index: 0, error: { statusCode: 404, code: 'PRODUCT_NOT_FOUND' } },
    { index: 1, status: 'deleted' },
    { index: 2, error: { statusCode: 400 } },
    { index: 3, error: { statusCode: 404 } },
    { index: 4, error: { statusCode: 400 } },
  ])
  t.equal((await app.inject(`${PRODUCTS}/${id}`)).statusCode, 404)
})

t.test('a batch of invalid changes or ids changes nothing', async (t) => {
  const before = app.store.lastSeq
  t.match((await send('update', { items: [{}] })).results, [{ error: { statusCode: 400 } }])
  t.match((await send('delete', { ids: [''] })).results, [{ error: { statusCode: 400 } }])
  t.equal(app.store.lastSeq, before)
})

const REFUSED: [what: 'update' | 'delete', payload: object, message: RegExp][] = [
  ['update', { items: [] }, /The items must have at least 1 entry/],
  ['update', { items: Array.from({ length: 1001 }, () => ({})) }, /at most 1,000 entries/],
  ['update', {}, /items/],
  ['delete', { ids: [] }, /The ids must have at least 1 entry/],
  ['delete', { ids: Array.from({ length: 1001 }, () => UNKNOWN_ID) }, /at most 1,000 entries/],
  ['delete', { ids: [UNKNOWN_ID], force: true }, /unknown property 'force'/],
]
for (const [what, payload, message] of REFUSED) {
  t.test(`a batch ${what} is refused as a whole: ${message}`, async (t) => {
    isError(t, (await send(what, payload)).response, 400, message)
  })
}
