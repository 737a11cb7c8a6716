import t from 'tap'
import type { ProductList } from '../../schemas/product.ts'
import { startApp } from '../helper.ts'
import { createAll, isError, list, NO_UPSTREAM, PRODUCTS } from './helper.ts'

const time = { now: Date.UTC(2026, 0, 1) }
const app = await startApp(t, NO_UPSTREAM, { clock: () => time.now })
await createAll(app, [
  { name: 'a', tags: ['sale', '\u017e'] },
  { name: 'b', tags: ['sale'] },
  { name: 'c', tags: ['sale', 'a,b'] },
])
time.now += 60_000
await createAll(app, [{ name: 'd' }])

const FOUND: [query: string, names: string[]][] = [
  ['tag=sale', ['a', 'b', 'c']],
  ['tag=sale&tag=z%CC%8C', ['a']],
  ['tag=%20sale%20&tag=sale', ['a', 'b', 'c']],
  ['tag=a,b', ['c']],
  ['tag=SALE', []],
  ['updated_since=2026-01-01T00:01:00Z', ['d']],
  ['updated_since=2026-01-01T01:00:00%2B01:00&tag=sale', ['a', 'b', 'c']],
  ['updated_since=2026-01-01T00:01:00.001Z', []],
  ['registration=pending&stale=true&tag=sale&q=b', ['b']],
]
for (const [query, names] of FOUND) {
  t.test(`?${query} finds ${names.join(', ') || 'nothing'}`, async (t) => {
    const all = (await app.inject(`${PRODUCTS}?${query}&count=true`)).json<ProductList>()
    t.strictSame(
      all.items.map(({ name }) => name),
      names,
    )
    t.equal(all.total, names.length)
    t.notOk('total' in (await list(app, query)))
  })
}

t.test('all pages have the total that the first page counted', async (t) => {
  const [first] = await createAll(app, [{ name: 'counted 1', tags: ['count'] }])
  await createAll(app, [{ name: 'counted 2', tags: ['count'] }])
  const query = 'tag=count&count=true&limit=1'
  const page = (await app.inject(`${PRODUCTS}?${query}`)).json<ProductList>()
  t.match(page, { items: [{ name: 'counted 1' }], total: 2 })
  await app.inject({ method: 'DELETE', url: `${PRODUCTS}/${first?.id}` })
  const next = await app.inject(`${PRODUCTS}?${query}&cursor=${page.next_cursor}`)
  t.match(next.json(), { items: [{ name: 'counted 2' }], total: 2, next_cursor: null })
})

t.test('signs alone find nothing, and are counted as that', async (t) => {
  t.strictSame((await app.inject(`${PRODUCTS}?q=!&count=true`)).json(), {
    ...{ items: [], next_cursor: null, total: 0 },
  })
})

t.test('a cursor is good for the filters of its list alone', async (t) => {
  const { next_cursor: cursor } = await list(app, 'tag=sale&limit=1')
  t.match((await list(app, `tag=sale&limit=1&cursor=${cursor}`)).items, [{ name: 'b' }])
  const others = ['tag=%C5%BE', 'tag=sale&tag=%C5%BE', 'tag=sale&count=true', 'limit=1']
  for (const query of [...others, 'tag=sale&updated_since=2026-01-01T00:00:00Z']) {
    isError(t, await app.inject(`${PRODUCTS}?${query}&cursor=${cursor}`), 400, /cursor/)
  }
})

const REFUSED: [query: string, message: string | RegExp][] = [
  ['tag=', 'The query parameter tag must have at least one visible character'],
  ['tag=a&tag=%20', 'The query parameter tag must have at least one visible character'],
  ['tag=%00', 'The query parameter tag must not contain NUL characters or unpaired surrogates'],
  [`tag=${'a'.repeat(65)}`, 'The query parameter tag has 65 characters; at most 64 are allowed'],
  [`${'tag=a&'.repeat(33)}`, 'The query parameter tag must be given at most 32 times'],
  ['updated_since=yesterday', /The query parameter updated_since must be an RFC 3339 time/],
  ['updated_since=2026-01-01T00:00:00Z&updated_since=2026-01-01T00:00:00Z', /only once/],
  ['count=1', 'The query parameter count must be true or false'],
  ['count=true&count=true', 'The query parameter count must be given only once'],
]
for (const [query, message] of REFUSED) {
  t.test(`?${query.slice(0, 40)} is refused`, async (t) => {
    isError(t, await app.inject(`${PRODUCTS}?${query}`), 400, message)
  })
}
