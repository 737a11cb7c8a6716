import t from 'tap'
import { startApp } from '../helper.ts'
import { create, holdStill, isError, list, NO_UPSTREAM, PRODUCTS, UNKNOWN_ID } from './helper.ts'

const app = await startApp(t, NO_UPSTREAM)
holdStill(app) // A product changes when its registration fails, or when polls are paused.
const [a, b] = [await create(app, { name: 'a' }), await create(app, { name: 'b' })]

t.test('products are listed by their ids, in the order asked, each once', async (t) => {
  const ids = [b.id.toUpperCase(), UNKNOWN_ID, a.id, b.id]
  const found = await list(app, `ids=${ids}`)
  t.strictSame(found, { items: [b, a], next_cursor: null })
  t.strictSame(await list(app, `ids=${encodeURIComponent(a.id)}`), {
    items: [a],
    next_cursor: null,
  })
})

const many = (count: number) => Array.from({ length: count }, () => UNKNOWN_ID).join()

t.test('200 ids can be asked for', async (t) => {
  t.strictSame(await list(app, `ids=${many(200)}`), { items: [], next_cursor: null })
})

const REFUSED: [query: string, message: string | RegExp][] = [
  ['ids=', /ids must not be empty/],
  ['ids=a', /must be 1 to 200 product ids, separated by commas: "a" is not one/],
  [`ids=${a.id},`, /: "" is not one/],
  [`ids=${many(201)}`, /: it has 201/],
  [`ids=${a.id}&ids=${b.id}`, 'The query parameter ids must be given only once'],
  [`ids=${a.id}&sort=name`, 'The query parameter ids cannot be combined with other parameters'],
  [`ids=${a.id}&limit=1`, 'The query parameter ids cannot be combined with other parameters'],
  ['price_min=-1', 'The query parameter price_min must be at least 0'],
  ['price_max=1.5', /price_max must be a whole number/],
]
for (const [query, message] of REFUSED) {
  t.test(`a list is refused: ${query.slice(0, 60)}`, async (t) => {
    isError(t, await app.inject(`${PRODUCTS}?${query}`), 400, message)
  })
}

t.test('a cursor is bound to the range of prices', async (t) => {
  const page = await app.inject(`${PRODUCTS}?limit=1`)
  const { next_cursor: cursor } = page.json()
  isError(t, await app.inject(`${PRODUCTS}?limit=1&price_min=0&cursor=${cursor}`), 400, /cursor/)
  t.strictSame((await list(app, 'price_min=0&price_max=5')).items, [])
})
