import type { Position, ProductQuery, Store } from '../../../db/store.ts'
import { PRODUCT_SORTS } from '../../../schemas/product.ts'
import { soughtWords } from '../../../search/query.ts'
import { type ContractTests, INTERVAL, offer, refreshed } from '../fixture.ts'

type Conditions = Omit<ProductQuery, 'limit' | 'after'>

/** The names of all products of a list, by pages of two, and the total of the first page. */
async function walk(store: Store, query: Conditions) {
  const names: string[] = []
  const { total } = await store.products({ ...query, limit: 1, count: true })
  let after: Position | undefined
  do {
    const page = await store.products({ ...query, limit: 2, after })
    names.push(...page.items.map(({ name }) => name))
    after = page.next ?? undefined
  } while (after)
  return { names, total }
}

const TAGS = [['x'], ['y'], ['x', 'y'], ['x', 'y', 'z'], ['none'], ['X']]

/** How products are found by tags and changes, and counted, as tests for an engine. */
export function taggedListContract({ test, testAlone }: ContractTests): void {
  test('products are found by all tags, in every order, and counted', async (t, { store }) => {
    const made = [['x'], ['y', 'x'], [], ['z', 'y', 'x'], ['y'], ['xy'], ['x', 'y']]
    for (const [n, tags] of made.entries()) {
      const { id } = await refreshed(store, `saw ${n}`, n % 2 ? [offer('a', 90 - n)] : [])
      await store.updateProduct(id, { tags })
    }
    await store.createProduct({ name: 'axe', tags: ['x', 'y'] })
    for (const sort of PRODUCT_SORTS) {
      for (const words of [[], soughtWords('saw')]) {
        for (const inStock of [false, true]) {
          for (const registration of [undefined, 'registered' as const]) {
            const query = { sort, words, inStock, registration }
            const all = await store.products({ ...query, limit: 99, count: true })
            t.equal(all.total, all.items.length)
            for (const tags of TAGS) {
              const names = all.items
                .filter((product) => tags.every((tag) => product.tags.includes(tag)))
                .map(({ name }) => name)
              const found = await walk(store, { ...query, tags })
              t.strictSame(
                found,
                { names, total: names.length },
                JSON.stringify({ ...query, tags }),
              )
            }
          }
        }
      }
    }
  })

  test('a tag finds a product until it is changed or deleted', async (t, { store }) => {
    const find = async (tag: string) =>
      (await walk(store, { sort: 'name', words: [], tags: [tag] })).names
    const { id } = await store.createProduct({ name: 'a', tags: ['x', 'y'] })
    await store.updateProduct(id, { tags: ['y', 'z'] })
    t.strictSame([await find('x'), await find('y'), await find('z')], [[], ['a'], ['a']])
    await store.updateProduct(id, { name: 'b' })
    t.strictSame(await find('y'), ['b'])
    await store.deleteProduct(id)
    t.strictSame([await find('y'), await find('z')], [[], []])
  })

  test('products are found by when they were changed', async (t, { store, time }) => {
    const first = await store.createProduct({ name: 'a' })
    await store.createProduct({ name: 'b', tags: ['x'] })
    time.now += 10
    const since = time.now
    await store.createProduct({ name: 'c', tags: ['x'] })
    time.now += 10
    await store.updateProduct(first.id, { description: 'changed' })
    const find = (more: Partial<Conditions>) =>
      walk(store, { sort: 'created_at', words: [], ...more })
    t.strictSame(await find({ updatedSince: since }), { names: ['a', 'c'], total: 2 })
    t.strictSame(await find({ updatedSince: since + 1 }), { names: ['a'], total: 1 })
    t.strictSame(await find({ updatedSince: since, tags: ['x'] }), { names: ['c'], total: 1 })
    t.strictSame(await find({ updatedSince: time.now + 1 }), { names: [], total: 0 })
  })

  test('the total counts what each two filters find', async (t, { store, time }) => {
    const since = time.now + 5
    for (let n = 0; n < 12; n++) {
      if (n === 6) time.now += 10
      const checkedAt = n % 3 ? undefined : time.now - 4 * INTERVAL
      const offers = n % 4 ? [offer('a', 90 - n)] : []
      const { id } = await refreshed(store, n % 2 ? `saw ${n}` : `axe ${n}`, offers, checkedAt)
      if (n % 5) await store.updateProduct(id, { tags: ['x'] })
    }
    await store.createProduct({ name: 'saw', tags: ['x'] })
    const filters: Partial<Conditions>[] = [
      ...[{ words: soughtWords('saw') }, { registration: 'registered' as const }, { tags: ['x'] }],
      ...[{ stale: true }, { stale: false }, { inStock: true }, { prices: { min: 80, max: 86 } }],
      { updatedSince: since },
    ]
    for (const one of filters) {
      for (const other of filters) {
        const query: Conditions = { sort: 'created_at', words: [], ...one, ...other }
        const { names, total } = await walk(store, query)
        t.equal(total, names.length, JSON.stringify(query))
        if (one === other) t.ok(names.length > 0 && names.length < 13, JSON.stringify(query))
      }
    }
  })

  testAlone('a few tagged products of many are found and counted', async (t, { store, time }) => {
    const items = Array.from({ length: 1_000 }, (_, n) => ({
      ...{ name: `p ${n}`, tags: ['all', n % 2 ? 'odd' : 'even', `tag ${n % 500}`] },
    }))
    await store.createProducts(items)
    time.now += 10
    const since = time.now
    await store.createProducts([{ name: 'last', tags: ['all', 'tag 7'] }])
    for (const sort of PRODUCT_SORTS) {
      const find = async (more: Partial<Conditions>) => {
        const { names, total } = await walk(store, { sort, words: [], ...more })
        return [...names.sort(), total]
      }
      t.strictSame(await find({ tags: ['all', 'odd', 'tag 7'] }), ['p 507', 'p 7', 2], sort)
      t.strictSame(await find({ tags: ['tag 7'] }), ['last', 'p 507', 'p 7', 3], sort)
      t.strictSame(await find({ tags: ['all'], updatedSince: since }), ['last', 1], sort)
      t.equal((await find({ tags: ['all', 'even'], words: soughtWords('p') })).at(-1), 500, sort)
    }
    t.match(await store.products({ sort: 'name', words: [], limit: 1, count: true }), {
      total: 1001,
    })
  })
}
