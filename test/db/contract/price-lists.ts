import type { Position, Store } from '../../../db/store.ts'
import { PRODUCT_SORTS } from '../../../schemas/product.ts'
import { soughtWords } from '../../../search/query.ts'
import { type ContractTests, offer, refreshed } from '../fixture.ts'

/** The names of all products of a list, by pages of two. */
async function walk(store: Store, query: Omit<Parameters<Store['products']>[0], 'limit'>) {
  const names: string[] = []
  let after: Position | undefined
  do {
    const page = await store.products({ ...query, limit: 2, after })
    names.push(...page.items.map(({ name }) => name))
    after = page.next ?? undefined
  } while (after)
  return names
}

/** How products are found by their prices and ids, as tests for an engine. */
export function priceListContract({ test, testAlone }: ContractTests): void {
  test('products are found by their lowest price, in every order', async (t, { store }) => {
    for (const [n, price] of [40, 10, 30, 20, 30].entries()) {
      await refreshed(store, `saw ${n}`, [offer('x', price), offer('y', 5, 0)])
    }
    await refreshed(store, 'saw sold out', [offer('x', 20, 0)])
    await store.createProduct({ name: 'saw without offers' })
    const ranges = [
      [0, 9],
      [10, 10],
      [11, 30],
      [30, Number.MAX_SAFE_INTEGER],
      [0, Number.MAX_SAFE_INTEGER],
      [31, 30],
    ] as const
    for (const sort of PRODUCT_SORTS) {
      for (const words of [[], soughtWords('saw')]) {
        const all = await store.products({ sort, words, limit: 99 })
        for (const [min, max] of ranges) {
          const expected = all.items.filter(
            ({ lowest_price: lowest }) => lowest !== null && lowest >= min && lowest <= max,
          )
          t.strictSame(
            await walk(store, { sort, words, prices: { min, max } }),
            expected.map(({ name }) => name),
            `${sort} ${min} ${max}`,
          )
        }
      }
    }
  })

  testAlone('a few products of many are found by their price', async (t, { store }) => {
    for (const price of [7, 9]) await refreshed(store, `at ${price}`, [offer('x', price)])
    const names = Array.from({ length: 1000 }, (_, n) => ({ name: `unpriced ${n}` }))
    await store.createProducts(names)
    for (const sort of PRODUCT_SORTS) {
      const found = await walk(store, { sort, words: [], prices: { min: 8, max: 9 } })
      t.strictSame(found, ['at 9'], sort)
    }
  })

  test('products are read by their ids, in that order', async (t, { store }) => {
    const [a, b, c] = [
      await store.createProduct({ name: 'a' }),
      await store.createProduct({ name: 'b' }),
      await store.createProduct({ name: 'c' }),
    ]
    const unknown = '019aa9f0-5c00-7000-8000-00000000dead'
    const found = await store.productsWithIds([c.id, unknown, a.id, b.id])
    t.same(
      found.map(({ name }) => name),
      ['c', 'a', 'b'],
    )
    const { version: _, ...product } = await store.product(c.id)
    t.strictSame(found[0], product)
    t.same(await store.productsWithIds([]), [])
  })
}
