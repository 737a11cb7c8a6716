import t from 'tap'
import { databaseUrl, startApp } from '../helper.ts'
import {
  type App,
  createAll,
  list,
  listAll,
  NO_UPSTREAM,
  PRODUCTS,
  type ProductList,
  startPriced,
} from './helper.ts'
import { catalogue, inStock, orders } from './sorted-catalogue.ts'

/** For all tests that search for names of their own alone. */
const app = await startApp(t, NO_UPSTREAM)
const names = (items: { name: string }[]) => items.map(({ name }) => name)

t.test('a catalogue without products is an empty page', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const response = await app.inject(PRODUCTS)
  t.equal(response.statusCode, 200)
  t.strictSame(response.json(), { items: [], next_cursor: null })
  t.equal(response.headers.link, undefined)
})

t.test('a page has 50 products by default, and 200 at most', async (t) => {
  await createAll(
    app,
    Array.from({ length: 201 }, (_, index) => ({ name: `many ${index}` })),
  )
  t.equal((await list(app, 'q=many')).items.length, 50)
  t.equal((await list(app, 'q=many&limit=200')).items.length, 200)
  t.equal((await list(app, 'q=many&limit=1')).items.length, 1)
})

t.test('the last page says that it is the last', async (t) => {
  await createAll(app, [{ name: 'pair' }, { name: 'pair' }])
  for (const limit of [2, 3]) {
    await t.test(`two products, ${limit} at most`, async (t) => {
      const response = await app.inject(`${PRODUCTS}?q=pair&limit=${limit}`)
      t.equal(response.json<ProductList>().next_cursor, null)
      t.equal(response.headers.link, undefined)
    })
  }
})

t.test('search', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  await createAll(app, [
    { name: 'Robotická sekačka', description: 'Seká 500 m² v tichosti' },
    { name: 'Grass trimmer', description: 'For the GARDEN "AND" its edges' },
    { name: 'C++ in 24 hours', description: 'foo-bar, near* (or) not' },
    { name: 'Straße 5', description: 'ΣΊΣΥΦΟΣ' },
    { name: '日本語の本', description: '' },
  ])
  const [sekacka, trimmer, book, strasse, japanese] = [
    'Robotická sekačka',
    'Grass trimmer',
    'C++ in 24 hours',
    'Straße 5',
    '日本語の本',
  ]
  const everything = [sekacka, trimmer, book, strasse, japanese]
  const cases: [what: string, q: string, found: string[]][] = [
    ['a word', 'sekačka', [sekacka]],
    ['without diacritics', 'sekacka', [sekacka]],
    ['with other diacritics', 'śekačka', [sekacka]],
    ['with the marks apart', 'sekac\u030cka', [sekacka]],
    ['in capitals', 'SEKAČKA', [sekacka]],
    ['the beginning of a word', 'sek', [sekacka]],
    ['the middle of a word', 'acka', []],
    ['several words in another order', 'sek rob', [sekacka]],
    ['words of name and description', 'trimmer garden', [trimmer]],
    ['words of two products', 'sekacka trimmer', []],
    ['digits', '24', [book]],
    ['the beginning of a number', '50', [sekacka]],
    ['letters beyond Latin', 'σίσυ', [strasse]],
    ['words without blanks between', '日本', [japanese]],
    ['blanks around', '  trimmer  ', [trimmer]],
    ['blanks alone', '   ', everything],
    ['nothing', '', everything],
    ['punctuation alone', '!?% "*" --', []],
    ['punctuation around', '(trimmer)', [trimmer]],
    ['punctuation within', 'c++', [book]],
    ['a hyphen between', 'foo-bar', [book]],
    ['quotes', '"grass trimmer"', [trimmer]],
    ['one quote', '"trimmer', [trimmer]],
    ['quotes doubled', '""trimmer""', [trimmer]],
    ['AND as a word', 'grass AND trimmer', [trimmer]],
    ['OR as a word', 'sekacka OR trimmer', []],
    ['NOT as a word', 'near NOT', [book]],
    ['NEAR as a word', 'NEAR', [book]],
    ['NEAR with brackets', 'NEAR(grass trimmer)', []],
    ['a column', 'name:trimmer', []],
    ['a column in braces', '{name description}: trimmer', []],
    ['a caret', '^grass', [trimmer]],
    ['a star', 'trim*', [trimmer]],
    ['a star alone', '*', []],
    ['SQL', "'; DROP TABLE products; --", []],
    ['a percent sign', '%', []],
    ['a question mark before more', 'trimmer?&', [trimmer]],
    ['200 characters', 'a'.repeat(200), []],
    ['66 words', 'zz '.repeat(66), []],
    ['100 words of a letter', Array.from({ length: 100 }, (_, n) => 'qxjz'[n % 4]).join(' '), []],
    ['a letter and a digit by turns', 'a1'.repeat(100), []],
    ['a letter and a hyphen by turns', 'a-'.repeat(100), []],
    ['a letter and a point by turns', 'a.'.repeat(100), []],
    ['digits alone', '123456'.repeat(33), []],
    ['letters that become many', '\ufdfa'.repeat(200), []],
    ['characters without blanks', '日本'.repeat(100), []],
    ['marks alone', '\u0301'.repeat(200), []],
    ['invisible characters alone', '\u200b\u00ad\u2060\ufe0f', []],
    ['emoji alone', '🛒'.repeat(200), []],
    ['flags without a partner', '🇨'.repeat(199), []],
  ]
  for (const [what, q, found] of cases) {
    await t.test(what, async (t) => {
      const response = await app.inject({ url: PRODUCTS, query: { q } })
      t.equal(response.statusCode, 200)
      t.strictSame(names(response.json<ProductList>().items), found)
    })
  }
})

t.test('search follows what is changed and deleted', async (t) => {
  const [product] = await createAll(app, [{ name: 'Mower' }])
  const url = `${PRODUCTS}/${product?.id}`
  await app.inject({ method: 'PATCH', url, payload: { name: 'Saw' } })
  t.strictSame(names((await list(app, 'q=mower')).items), [])
  t.strictSame(names((await list(app, 'q=saw')).items), ['Saw'])
  await app.inject({ method: 'DELETE', url })
  t.strictSame(names((await list(app, 'q=saw')).items), [])
})

t.test('sorting and paging', async (t) => {
  const { app, products } = await startPriced(t, catalogue)
  const ids = (places: number[]) => places.map((place) => products[place]?.id)

  for (const [sort, order] of Object.entries(orders)) {
    for (const limit of [1, 2, 3, 4, 9, 10]) {
      await t.test(`${sort}, ${limit} a page: each product once and in order`, async (t) => {
        const items = await listAll(app, `sort=${sort}&limit=${limit}`)
        t.strictSame(
          items.map(({ id }) => id),
          ids(order),
        )
      })
    }

    await t.test(`${sort}, in stock: only those with a price`, async (t) => {
      const items = await listAll(app, `sort=${sort}&in_stock=true&limit=2`)
      t.strictSame(
        items.map(({ id }) => id),
        ids(order.filter((place) => inStock.includes(place))),
      )
    })

    await t.test(`${sort} with a search: only those found`, async (t) => {
      const items = await listAll(app, `sort=${sort}&q=appl&limit=1`)
      t.strictSame(
        items.map(({ id }) => id),
        ids(order.filter((place) => [2, 3, 5, 7].includes(place))),
      )
    })
  }

  await t.test('the default order is created_at', async (t) => {
    t.strictSame(names((await list(app, '')).items), names(catalogue))
  })

  await t.test('in_stock=false has no effect', async (t) => {
    t.equal((await list(app, 'in_stock=false')).items.length, catalogue.length)
  })

  await t.test(
    'the lowest price is the lowest in stock, the count is of all on sale',
    async (t) => {
      const { items } = await list(app, 'limit=5')
      t.strictSame(
        items.map(({ lowest_price, offers_count }) => [lowest_price, offers_count]),
        [
          [300, 1],
          [null, 0],
          [100, 2],
          [200, 1],
          [null, 1],
        ],
      )
    },
  )

  await t.test('the limit may change from page to page', async (t) => {
    const first = await list(app, 'sort=lowest_price&limit=6')
    const second = await list(app, `sort=lowest_price&limit=1&cursor=${first.next_cursor}`)
    const third = await list(app, `sort=lowest_price&limit=200&cursor=${second.next_cursor}`)
    const items = [...first.items, ...second.items, ...third.items]
    t.strictSame(
      items.map(({ id }) => id),
      ids(orders.lowest_price ?? []),
    )
  })

  await t.test('a cursor can be used again', async (t) => {
    const { next_cursor } = await list(app, 'limit=3')
    const again = () => list(app, `limit=3&cursor=${next_cursor}`)
    t.strictSame(await again(), await again())
  })
})

t.test('a page starts after the previous one even if its last product was deleted', async (t) => {
  await createAll(app, [{ name: 'gone 1' }, { name: 'gone 2' }, { name: 'gone 3' }])
  for (const sort of ['name', 'created_at']) {
    const first = await list(app, `q=gone&sort=${sort}&limit=1`)
    const url = `${PRODUCTS}/${first.items[0]?.id}`
    await app.inject({ method: 'DELETE', url })
    const rest = await list(app, `q=gone&sort=${sort}&cursor=${first.next_cursor}`)
    t.notOk(names(rest.items).includes(String(first.items[0]?.name)))
  }
  t.strictSame(names((await list(app, 'q=gone')).items), ['gone 3'])
})

/** The pages that `Link: <...>; rel="next"` leads to, from a first one. */
async function follow(app: App, url: string): Promise<{ urls: string[]; pages: ProductList[] }> {
  const urls: string[] = []
  const pages: ProductList[] = []
  let next: string | undefined = url
  while (next) {
    urls.push(next)
    const response: Awaited<ReturnType<App['inject']>> = await app.inject(next)
    pages.push(response.json<ProductList>())
    next = /^<([^>]+)>; rel="next"$/.exec(String(response.headers.link))?.[1]
  }
  return { urls, pages }
}

t.test('the Link header leads through all pages and keeps sort, search and limit', async (t) => {
  await createAll(
    app,
    ['čaj 1', 'x', 'Čaj & "2"', 'caj 3', 'y', 'čaj 4'].map((name) => ({ name })),
  )
  const { urls, pages } = await follow(app, `${PRODUCTS}?q=%C4%8Daj%20+%26?&sort=-name&limit=1`)
  t.strictSame(
    pages.flatMap(({ items }) => names(items)),
    ['čaj 4', 'caj 3', 'Čaj & "2"', 'čaj 1'],
  )
  for (const [index, url] of urls.slice(1).entries()) {
    const query = new URL(url, 'http://localhost').searchParams
    t.equal(query.get('q'), 'čaj  &?')
    t.equal(query.get('sort'), '-name')
    t.equal(query.get('limit'), '1')
    t.strictSame(query.getAll('cursor'), [pages[index]?.next_cursor])
  }
})

t.test('a place among names is refused where it is of another folding', async (t) => {
  const { next_cursor } = await list(app, 'sort=name&limit=1')
  t.ok(next_cursor)
  const place = { sortKey: 'a', key: 1 }
  for (const scope of [
    ['name', '', false],
    ['name 0', '', false],
  ]) {
    const cursor = app.cursors.sign(JSON.stringify(scope), place)
    const response = await app.inject(`${PRODUCTS}?sort=name&cursor=${cursor}`)
    t.equal(response.statusCode, 400)
  }
})

t.test('a cursor outlives a restart of the service', async (t) => {
  const variables = { ...NO_UPSTREAM, DATABASE_URL: await databaseUrl(t) }
  const before = await startApp(t, variables)
  await createAll(before, [{ name: 'a' }, { name: 'b' }])
  const { next_cursor } = await list(before, 'limit=1')
  await before.close()
  const after = await startApp(t, variables)
  t.strictSame(names((await list(after, `cursor=${next_cursor}`)).items), ['b'])
})
