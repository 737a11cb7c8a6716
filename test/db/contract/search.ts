import type { Position, Store } from '../../../db/store.ts'
import type { ProductSort } from '../../../schemas/product.ts'
import { soughtWords } from '../../../search/query.ts'
import { FOUND } from '../../search/found.ts'
import { NOT_FOUND } from '../../search/not-found.ts'
import { createAll } from '../create-all.ts'
import type { ContractTests } from '../fixture.ts'

/** The ids of the products that a query finds. */
async function found(store: Store, query: string): Promise<string[]> {
  const words = soughtWords(query)
  if (words.length === 0) return []
  const { items } = await store.products({ sort: 'created_at', words, limit: 1000 })
  return items.map(({ id }) => id)
}

async function namesInPages(store: Store, sort: ProductSort, limit: number): Promise<string[]> {
  const names: string[] = []
  for (let after: Position | undefined, more = true; more; more = after !== undefined) {
    const page = await store.products({ sort, words: [], limit, after })
    names.push(...page.items.map(({ name }) => name))
    after = page.next ?? undefined
  }
  return names
}

/** What `db/store.ts` promises of searches and of the order of names, as tests for an engine. */
export function searchContract({ test, testAlone }: ContractTests): void {
  const NAMES = [
    '10 cm',
    '2 cm',
    'apple',
    '1.5 l',
    'Apple',
    'Łata',
    'ápple',
    'zoo',
    '12345678901234567890',
    'Wi-Fi 2',
    'wifi 10',
    '日本',
    'ёж',
    '0010 cm',
    '🛒',
  ]
  const SORTED = [
    '🛒',
    '1.5 l',
    '2 cm',
    '0010 cm',
    '10 cm',
    '12345678901234567890',
    'Apple',
    'apple',
    'ápple',
    'Łata',
    'Wi-Fi 2',
    'wifi 10',
    'zoo',
    'ёж',
    '日本',
  ]
  test('names are sorted by words and values, in pages of any size', async (t, { store }) => {
    await store.createProducts(NAMES.map((name) => ({ name })))
    for (const limit of [1, 2, 7, 200]) {
      t.same(await namesInPages(store, 'name', limit), SORTED, `${limit} a page`)
      t.same(await namesInPages(store, '-name', limit), SORTED.toReversed(), `${limit} a page`)
    }
  })

  test('a name that is changed moves to its place', async (t, { store }) => {
    const [, last] = await createAll(
      store,
      ['5 cm', '2 cm'].map((name) => ({ name })),
    )
    await store.updateProduct(String(last?.id), { name: '10 cm' })
    t.same(await namesInPages(store, 'name', 1), ['5 cm', '10 cm'])
  })

  for (const [kinds, expected] of [
    [FOUND, true],
    [NOT_FOUND, false],
  ] as const) {
    testAlone(`what a search ${expected ? 'finds' : 'does not find'}`, async (t, { store }) => {
      for (const [kind, pairs] of Object.entries(kinds)) {
        const named = await createAll(
          store,
          pairs.map(([name]) => ({ name })),
        )
        const described = await createAll(
          store,
          pairs.map(([description]) => ({ name: 'thing', description })),
        )
        await t.test(kind, async (t) => {
          for (const [index, [text, query]] of pairs.entries()) {
            const ids = await found(store, query)
            const what = `${query} ${expected ? 'finds' : 'does not find'} ${text}`
            t.equal(ids.includes(String(named[index]?.id)), expected, what)
            t.equal(
              ids.includes(String(described[index]?.id)),
              expected,
              `${what} in a description`,
            )
          }
        })
      }
    })
  }
}
