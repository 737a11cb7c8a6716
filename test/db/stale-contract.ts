import type { Test } from 'tap'
import type { Outcome, Position, ProductQuery, Store } from '../../db/store.ts'
import type { Product, ProductSort } from '../../schemas/product.ts'
import type { RefreshState } from '../../schemas/refresh-state.ts'
import { toTime } from '../../schemas/to-time.ts'
import { soughtWords } from '../../search/query.ts'
import { DOWN } from '../helper.ts'
import { contractTests, INTERVAL, type OpenDatabase, offer, refreshed, START } from './fixture.ts'

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

/** Creates a product and takes its registration. */
async function pending(store: Store, name: string): Promise<{ id: string; token: string }> {
  const { id } = await store.createProduct({ name })
  const [task] = await store.takeRegistrations(Number.POSITIVE_INFINITY, 1)
  return { id, token: task?.token ?? '' }
}

const FINE = { failures: 0, fault: null, message: null, failed_at: null }
const at = (ms: number) => toTime(START + ms)
const failed = (ms: number, failures = 1) => ({ ...DOWN, failures, failed_at: at(ms) })

/** Why a product is stale: what the store promises to know of it, and how such products are found. */
export function staleContract(engine: string, database: (t: Test) => Promise<OpenDatabase>): void {
  const { test, testAlone } = contractTests(engine, database)

  /** What happens to a product one after the other, by ms after the start, and what it tells then. */
  type Step = [outcomes: (token: string) => Outcome[], expected: RefreshState]
  type Outcomes = Step[0]
  const registration =
    (ms: number, dueMs: number): Outcomes =>
    (token) => [
      { type: 'registration-failed', token, at: START + ms, dueAt: START + dueMs, ...DOWN },
    ]
  const poll =
    (type: 'refresh-failed' | 'forgotten', ms: number, dueMs: number): Outcomes =>
    (token) => [{ type, token, at: START + ms, dueAt: START + dueMs, ...DOWN }]
  const good =
    (ms: number): Outcomes =>
    (token) => [{ type: 'refreshed', token, at: START + ms, dueAt: START + ms + 60, offers: [] }]
  const register =
    (ms: number): Outcomes =>
    (token) => [{ type: 'registered', token, at: START + ms }]
  const reject =
    (ms: number): Outcomes =>
    (token) => [{ type: 'rejected', token, version: 1, reason: 'too short', at: START + ms }]
  const rejected = (ms: number, failures: number) => ({
    next_at: null,
    failures,
    fault: 'rejected' as const,
    message: 'too short',
    failed_at: at(ms),
  })
  /** Registered and polled once. */
  const polled: Outcomes = (token) => [...register(1)(token), ...good(1)(token)]

  // Each test has a day of its own.
  const STORIES: [name: string, steps: () => Step[]][] = [
    [
      'one that cannot be registered at first',
      () => [
        [() => [], { next_at: at(0), ...FINE }],
        [registration(1, 5), { next_at: at(5), ...failed(1) }],
        [registration(6, 9), { next_at: at(9), ...failed(6, 2) }],
        [register(9), { next_at: at(9), ...FINE }],
        [good(10), { next_at: at(70), ...FINE }],
      ],
    ],
    [
      'one whose polls fail',
      () => [
        [polled, { next_at: at(61), ...FINE }],
        [poll('refresh-failed', 61, 62), { next_at: at(62), ...failed(61) }],
        [poll('refresh-failed', 62, 64), { next_at: at(64), ...failed(62, 2) }],
        [
          (token) => [{ type: 'postponed', token, dueAt: START + 66 }],
          { next_at: at(66), ...failed(62, 2) },
        ],
        [(token) => [{ type: 'released', token }], { next_at: at(66), ...failed(62, 2) }],
        [
          (token) => [{ type: 'unchanged', token, at: START + 66, dueAt: START + 126 }],
          { next_at: at(126), ...FINE },
        ],
        [poll('refresh-failed', 126, 127), { next_at: at(127), ...failed(126) }],
        [good(127), { next_at: at(187), ...FINE }],
      ],
    ],
    [
      'one that the Offers service has forgotten',
      () => [
        [polled, { next_at: at(61), ...FINE }],
        [poll('forgotten', 61, 70), { next_at: at(70), ...failed(61) }],
        [registration(70, 75), { next_at: at(75), ...failed(70) }],
        [register(75), { next_at: at(75), ...FINE }],
      ],
    ],
    [
      'one that is rejected',
      () => [
        [registration(1, 5), { next_at: at(5), ...failed(1) }],
        [reject(5), rejected(5, 2)],
      ],
    ],
    [
      'one that is rejected though it was registered',
      () => [
        [polled, { next_at: at(61), ...FINE }],
        [reject(70), rejected(70, 1)],
      ],
    ],
    [
      'one that is rejected after it was forgotten',
      () => [
        [polled, { next_at: at(61), ...FINE }],
        [poll('forgotten', 61, 70), { next_at: at(70), ...failed(61) }],
        [reject(70), rejected(70, 1)],
      ],
    ],
  ]
  for (const [name, steps] of STORIES) {
    test(`a product tells how its work goes: ${name}`, async (t, { store }) => {
      const { id, token } = await pending(store, 'a')
      for (const [index, [outcomes, expected]] of steps().entries()) {
        await store.settle(outcomes(token))
        t.strictSame((await store.product(id)).refresh, expected, `step ${index}`)
        const page = await store.products({ sort: 'name', words: [], limit: 1 })
        t.strictSame(page.items[0]?.refresh, expected)
      }
    })
  }

  test('a product tells nothing of failures before it was registered anew', async (t, f) => {
    const { store } = f
    const { id, token } = await pending(store, 'a')
    await store.settle([{ type: 'rejected', token, version: 1, reason: 'no', at: START }])
    t.strictSame((await store.updateProduct(id, { name: 'b' })).refresh, {
      next_at: at(0),
      ...FINE,
    })
    const [task] = await store.takeRegistrations(START, 1)
    await store.settle([
      {
        type: 'registration-failed',
        token: task?.token ?? '',
        at: START,
        dueAt: START + 9,
        ...DOWN,
      },
    ])
    const credentials = { account: 'a', accessToken: 't', expiresAt: null }
    await store.saveCredentials(credentials, await store.credentials(), { at: START + 1 })
    t.strictSame((await store.product(id)).refresh, { next_at: at(1), ...FINE })
  })

  test('a new product tells when it is registered, also by a clock put back', async (t, f) => {
    const { store, time } = f
    await store.createProduct({ name: 'a' })
    time.now -= INTERVAL
    const made = await store.createProduct({ name: 'b' })
    t.strictSame(made.refresh, { next_at: toTime(time.now), ...FINE })
    t.strictSame(await store.product(made.id), made)
  })

  const FRESHNESS: [
    what: string,
    outcomes: (token: string) => Outcome[],
    failing: number,
    within: number,
  ][] = [
    ['that is fresh', () => [], 0, 1],
    ['that fails, and is fresh yet', poll('refresh-failed', 1, 2), 1, 1],
    [
      'that recovered',
      (token) => [...poll('refresh-failed', 1, 2)(token), ...good(2)(token)],
      0,
      1,
    ],
    ['that waits to be registered anew', poll('forgotten', 1, 2), 1, 1],
    [
      'that was rejected then, and is polled no more',
      (token) => [...poll('forgotten', 1, 2)(token), ...reject(3)(token)],
      0,
      1,
    ],
  ]
  for (const [what, outcomes, failing, within] of FRESHNESS) {
    test(`freshness counts a product ${what}`, async (t, { store, time }) => {
      const { token } = await refreshed(store, 'a', [])
      await store.settle(outcomes(token))
      time.now += 10
      t.match(await store.freshness(START), { failing, within })
    })
  }

  test('a product that waits for its registration is not within the target', async (t, f) => {
    const { store, time } = f
    await refreshed(store, 'fresh', [])
    const forgotten = await refreshed(store, 'forgotten', [])
    await store.settle(poll('forgotten', 1, 2)(forgotten.token))
    await store.createProducts([{ name: 'new' }, { name: 'newer' }])
    t.match(await store.freshness(START), { within: 0.5 })
    t.match(await store.freshness(START + 1), { within: 0 })
    time.now = START - 1
    t.match(await store.freshness(START - INTERVAL), { within: 0 }, 'checked in the future')
  })

  test('products are found by stale and registration, in every order', async (t, f) => {
    const { store, time } = f
    const old = START - 4 * INTERVAL
    await refreshed(store, 'b fresh', [offer('x', 5)])
    await refreshed(store, 'a old', [offer('x', 4)], old)
    await refreshed(store, 'g ahead', [offer('x', 3)], START + INTERVAL)
    const forgotten = await refreshed(store, 'c forgotten', [offer('x', 6)])
    const refused = await refreshed(store, 'd refused', [], old)
    const registered = await pending(store, 'e registered')
    await store.settle([
      ...[forgotten, refused].flatMap(({ token }) => poll('forgotten', 0, 0)(token)),
      ...reject(0)(refused.token),
      ...register(0)(registered.token),
    ])
    await store.createProduct({ name: 'f pending' })
    time.now = START + 1

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

  testAlone('few are found among many, as many are', async (t, { store, time }) => {
    const names = Array.from({ length: 1_200 }, (_, n) => ({ name: `${(n * 7) % 1_200}` }))
    await store.createProducts(names)
    const tasks = await store.takeRegistrations(Number.POSITIVE_INFINITY, 1_195)
    await store.settle(
      tasks.flatMap(({ token }, n): Outcome[] => {
        if (n % 240 === 0) return reject(0)(token)
        const checked = START - (n % 200 === 0 ? 9 * INTERVAL : 0)
        const offers = n % 50 < 2 ? [offer('x', n)] : []
        return [
          ...register(0)(token),
          { type: 'refreshed', token, at: checked, dueAt: START + INTERVAL, offers },
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
      time.now = START + later
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
  })
}
