import type { ObservedOffer } from '../../../db/store.ts'
import type { ProductSort } from '../../../schemas/product.ts'
import { createAll } from '../create-all.ts'
import { type ContractTests, offer, refreshed } from '../fixture.ts'
import { walk } from './walk.ts'

/** Lists of products: sort, filters, pages and words. */
export function listContract({ test }: ContractTests): void {
  const SHELF: [string, ObservedOffer[]][] = [
    ['Žebřík', [offer('1', 300), offer('2', 200, 0)]],
    ['apple', []],
    ['Banana', [offer('1', 100)]],
    ['zebra', [offer('1', 50, 0)]],
    ['banana', [offer('1', 100), offer('2', 400)]],
    ['Čaj', [offer('1', 7)]],
  ]
  const ORDERS: [ProductSort, boolean, string[]][] = [
    ['created_at', false, ['Žebřík', 'apple', 'Banana', 'zebra', 'banana', 'Čaj']],
    ['-created_at', false, ['Čaj', 'banana', 'zebra', 'Banana', 'apple', 'Žebřík']],
    ['name', false, ['apple', 'Banana', 'banana', 'Čaj', 'zebra', 'Žebřík']],
    ['-name', false, ['Žebřík', 'zebra', 'Čaj', 'banana', 'Banana', 'apple']],
    ['lowest_price', false, ['Čaj', 'Banana', 'banana', 'Žebřík', 'apple', 'zebra']],
    ['-lowest_price', false, ['Žebřík', 'banana', 'Banana', 'Čaj', 'zebra', 'apple']],
    ['created_at', true, ['Žebřík', 'Banana', 'banana', 'Čaj']],
    ['-created_at', true, ['Čaj', 'banana', 'Banana', 'Žebřík']],
    ['name', true, ['Banana', 'banana', 'Čaj', 'Žebřík']],
    ['-name', true, ['Žebřík', 'Čaj', 'banana', 'Banana']],
    ['lowest_price', true, ['Čaj', 'Banana', 'banana', 'Žebřík']],
    ['-lowest_price', true, ['Žebřík', 'banana', 'Banana', 'Čaj']],
  ]
  test('lists are sorted, filtered and cut into pages without gaps', async (t, { store }) => {
    for (const [name, offers] of SHELF) await refreshed(store, name, offers)
    for (const [sort, inStock, names] of ORDERS) {
      for (const limit of [1, 2, 3, 4, 5, 6, 200]) {
        const query = { sort, inStock, limit }
        t.same(await walk(store, query), names, `${sort} inStock=${inStock} limit=${limit}`)
      }
    }
  })

  test('a list also holds its order under a search', async (t, { store }) => {
    for (const [name, offers] of SHELF) await refreshed(store, `${name} x`, offers)
    await refreshed(store, 'other', [])
    for (const [sort, inStock, names] of ORDERS) {
      const query = { sort, inStock, limit: 2, words: 'x' }
      const expected = names.map((name) => `${name} x`)
      t.same(await walk(store, query), expected, `${sort} inStock=${inStock}`)
    }
  })

  test('a page is not disturbed by what is created and deleted between pages', async (t, fixture) => {
    const { store } = fixture
    const created = await createAll(
      store,
      ['a', 'b', 'c', 'd'].map((name) => ({ name })),
    )
    const first = await store.products({ words: [], sort: 'name', limit: 2 })
    await store.deleteProduct(created[1]?.id ?? '')
    await store.createProduct({ name: 'aa' })
    const after = first.next ?? undefined
    const rest = await store.products({ words: [], sort: 'name', limit: 9, after })
    t.same(
      rest.items.map(({ name }) => name),
      ['c', 'd'],
    )
  })

  const SEARCHES: [string, string[]][] = [
    ['sekacka', ['Sekačka na trávu']],
    ['SEKAČ', ['Sekačka na trávu']],
    ['trav sek', ['Sekačka na trávu']],
    ['tichá', ['Sekačka na trávu']],
    ['ekacka', []],
    ['xl t', ['T-shirt XL']],
    ['naive', ['naïve CAFÉ']],
    ['cervena', ['červená']],
    ['हिन्दी', ['हिन्दी शब्द']],
    ['你', ['你好 世界']],
    ['AND', []],
    ['NEAR', []],
  ]
  test('words find products whose words they begin', async (t, { store }) => {
    await store.createProduct({ name: 'Sekačka na trávu', description: 'Velmi tichá' })
    // The last of them is written with a combining caron and acute accent.
    const names = ['T-shirt XL', 'naïve CAFÉ', 'हिन्दी शब्द', '你好 世界', 'c\u030cervena\u0301']
    await store.createProducts(names.map((name) => ({ name })))
    for (const [words, found] of SEARCHES) {
      const page = await walk(store, { sort: 'created_at', words, limit: 10 })
      const composed = page.map((name) => name.normalize('NFC'))
      t.same(composed, found, words)
    }
  })

  test('a search follows changes of the text', async (t, { store }) => {
    const { id } = await store.createProduct({ name: 'hammer' })
    await store.updateProduct(id, { name: 'saw', description: 'sharp' })
    const found = (word: string) => walk(store, { sort: 'created_at', words: word, limit: 9 })
    t.same(await found('hammer'), [])
    t.same(await found('sharp'), ['saw'])
  })
}
