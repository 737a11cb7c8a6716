import type { Outcome, Position, ProductQuery, Store } from '../../../db/store.ts'
import type { Product, ProductSort } from '../../../schemas/product.ts'
import { soughtWords } from '../../../search/query.ts'
import { type ContractTests, INTERVAL, offer, refreshed } from '../fixture.ts'
import { pending, pollFailed, registered, rejected } from './outcomes.ts'

const SORTS: ProductSort[] = [
  ...(['created_at', '-created_at', 'name', '-name', 'lowest_price', '-lowest_price'] as const),
]

/** The names of all that a query finds, by pages of two. */
async function walk(store: Store, query: Omit<ProductQuery, 'limit'>): Promise<string[]> {
  const names: string[] = []
  let after: Position | undefined
  do {
    const page = await store.products({ ...query, limit: 2, after })
    names.push(...page.items.map(({ name }) => name))
    after = page.next ?? undefined
  } while (after)
  return names
}

/** How stale products are found, and products by their registration. */
export function staleListContract({ test, testAlone }: ContractTests): void {
  test('products are found by stale and registration, in every order', async (t, f) => {
    const { store, time } = f
    const old = f.start - 4 * INTERVAL
    await refreshed(store, 'b fresh', [offer('x', 5)])
    await refreshed(store, 'a old', [offer('x', 4)], old)
    await refreshed(store, 'g ahead', [offer('x', 3)], f.start + INTERVAL)
    const forgotten = await refreshed(store, 'c forgotten', [offer('x', 6)])
    const refused = await refreshed(store, 'd refused', [], old)
    const late = await pending(store, 'e registered')
    await store.settle([
      ...[forgotten, refused].flatMap(({ token }) => pollFailed('forgotten', 0, 0)(token, f.start)),
      ...rejected(0)(refused.token, f.start),
      ...registered(0)(late.token, f.start),
    ])
    await store.createProduct({ name: 'f pending' })
    time.now = f.start + 1

    const { items } = await store.products({ sort: 'created_at', words: [], limit: 99 })
    t.strictSame(
      items.map(({ name, stale }) => `${name} ${stale}`),
      [
        'b fresh false',
        'a old true',
        'g ahead true',
        'c forgotten false',
        'd refused true',
        'e registered true',
        'f pending true',
      ],
    )
    for (const sort of SORTS) {
      for (const words of [[], soughtWords('re')]) {
        for (const inStock of [undefined, true]) {
          const all = { sort, words, inStock }
          const { items } = await store.products({ ...all, limit: 99 })
          for (const stale of [undefined, true, false]) {
            for (const status of [undefined, 'pending', 'registered', 'rejected'] as const) {
              const expected = items.filter(
                (product) =>
                  (stale === undefined || product.stale === stale) &&
                  (status === undefined || product.registration.status === status),
              )
              const query = { ...all, stale, registration: status }
              t.strictSame(
                await walk(store, query),
                expected.map(({ name }) => name),
                JSON.stringify(query),
              )
            }
          }
        }
      }
    }
  })

  testAlone(
    'a few products are found among many, and many as well',
    async (t, { store, time, start }) => {
      const names = Array.from({ length: 1_200 }, (_, n) => ({ name: `${(n * 7) % 1_200}` }))
      await store.createProducts(names)
      const tasks = await store.takeRegistrations(Number.POSITIVE_INFINITY, 1_195)
      await store.settle(
        tasks.flatMap(({ token }, n): Outcome[] => {
          if (n % 240 === 0) return rejected(0)(token, start)
          const checked = start - (n % 200 === 0 ? 9 * INTERVAL : 0)
          const offers = n % 50 < 2 ? [offer('x', n)] : []
          return [
            ...registered(0)(token, start),
            { type: 'refreshed', token, at: checked, dueAt: start + INTERVAL, offers },
          ]
        }),
      )
      const wanted: Pick<ProductQuery, 'stale' | 'registration' | 'inStock'>[] = [
        { stale: true },
        { stale: false },
        { stale: true, inStock: true },
        { registration: 'pending' },
        { registration: 'rejected' },
        { registration: 'registered', stale: true },
      ]
      for (const later of [0, 9 * INTERVAL]) {
        time.now = start + later
        for (const sort of SORTS) {
          const everything: Product[] = []
          for (let after: Position | undefined, more = true; more; ) {
            const page = await store.products({ sort, words: [], limit: 200, after })
            everything.push(...page.items)
            after = page.next ?? undefined
            more = after !== undefined
          }
          for (const { stale, registration, inStock } of wanted) {
            const expected = everything.filter(
              (product) =>
                (stale === undefined || product.stale === stale) &&
                (registration === undefined || product.registration.status === registration) &&
                (!inStock || product.lowest_price !== null),
            )
            const query = { sort, words: [], stale, registration, inStock }
            const found = await store.products({ ...query, limit: 7 })
            const rest: Product[] = []
            if (found.next) {
              const page = await store.products({ ...query, limit: 2_000, after: found.next })
              rest.push(...page.items)
            }
            t.strictSame(
              [...found.items, ...rest].map(({ id }) => id),
              expected.map(({ id }) => id),
              JSON.stringify({ later, sort, stale, registration, inStock }),
            )
          }
        }
      }
    },
  )
}
