import { randomUUIDv7 } from 'node:crypto'
import type { Test } from 'tap'
import type { ObservedOffer, Outcome, Position, ProductQuery, Store } from '../../db/store.ts'
import type { ProductSort } from '../../schemas/product.ts'
import { toTime } from '../../schemas/to-time.ts'
import { soughtWords } from '../../search/query.ts'
import { DOWN } from '../helper.ts'
import { createAll } from './create-all.ts'
import {
  contractTests,
  DAY,
  INTERVAL,
  type OpenDatabase,
  offer,
  offersOf,
  refreshed,
  START,
} from './fixture.ts'

async function walk(
  store: Store,
  { words = '', ...query }: Omit<ProductQuery, 'words'> & { words?: string },
): Promise<string[]> {
  const names: string[] = []
  let after: Position | undefined
  do {
    const page = await store.products({ words: soughtWords(words), ...query, after })
    names.push(...page.items.map(({ name }) => name))
    after = page.next ?? undefined
  } while (after)
  return names
}

/**
 * What `db/store.ts` promises of the catalogue and of the work at the Offers service, as tests for an
 * engine.
 */
export function storeContract(engine: string, database: (t: Test) => Promise<OpenDatabase>): void {
  const { test, testAlone } = contractTests(engine, database)

  test('a created product can be read as it was answered', async (t, { store }) => {
    const created = await store.createProduct({ name: 'Sekačka 🛒', description: 'tichá' })
    t.match(created, {
      name: 'Sekačka 🛒',
      description: 'tichá',
      created_at: toTime(START),
      updated_at: toTime(START),
      registration: { status: 'pending', reason: null },
      offers_count: 0,
      lowest_price: null,
      checked_at: null,
      stale: true,
      version: 1,
    })
    t.same(await store.product(created.id), created)
  })

  test('a description that is left out is empty', async (t, { store }) => {
    t.equal((await store.createProduct({ name: 'a' })).description, '')
  })

  test("a product can be created under an id of one's own", async (t, { store }) => {
    const id = '019aa9f0-5c00-7000-8000-00000000000e'
    t.equal((await store.createProduct({ name: 'a' }, id)).id, id)
    t.equal((await store.product(id)).name, 'a')
  })

  test('products of one batch are created in order', async (t, { store }) => {
    const names = ['c', 'a', 'b']
    const created = await createAll(
      store,
      names.map((name) => ({ name })),
    )
    t.same(
      created.map(({ name }) => name),
      names,
    )
    t.same(await walk(store, { sort: 'created_at', limit: 2 }), names)
  })

  testAlone(
    'creation times do not step back with the clock, also after a restart',
    async (t, fixture) => {
      await fixture.store.createProduct({ name: 'a' })
      fixture.time.now = START - 5000
      t.equal((await fixture.store.createProduct({ name: 'b' })).created_at, toTime(START))
      await fixture.store.close()
      const again = await fixture.open()
      t.equal((await again.createProduct({ name: 'c' })).created_at, toTime(START))
    },
  )

  testAlone('what was acknowledged is there after it was closed and opened', async (t, fixture) => {
    const { id } = await refreshed(fixture.store, 'a', [offer('x', 5)])
    await fixture.store.close()
    const again = await fixture.open()
    t.equal((await again.product(id)).lowest_price, 5)
    t.equal((await offersOf(again, id)).items.length, 1)
  })

  test('an unknown product is refused everywhere', async (t, { store }) => {
    const id = randomUUIDv7()
    await t.rejects(store.product(id), { code: 'PRODUCT_NOT_FOUND' })
    await t.rejects(store.offers(id), { code: 'PRODUCT_NOT_FOUND' })
    await t.rejects(store.updateProduct(id, { name: 'a' }), { code: 'PRODUCT_NOT_FOUND' })
    await t.rejects(store.deleteProduct(id), { code: 'PRODUCT_NOT_FOUND' })
  })

  test('a patch changes what it names and moves version and time', async (t, { store, time }) => {
    const { id } = await store.createProduct({ name: 'a', description: 'b' })
    time.now += 1000
    const renamed = await store.updateProduct(id, { name: 'c' })
    t.match(renamed, { name: 'c', description: 'b', version: 2, updated_at: toTime(time.now) })
    t.match(await store.updateProduct(id, { description: 'd' }), { name: 'c', description: 'd' })
    t.match(await store.product(id), { version: 3, created_at: toTime(START) })
  })

  test('a patch that changes nothing moves nothing', async (t, { store, time }) => {
    const created = await store.createProduct({ name: 'a', description: 'b' })
    time.now += 1000
    t.same(await store.updateProduct(created.id, { name: 'a', description: 'b' }), created)
  })

  test('a product is registered at once although the clock stepped back', async (t, f) => {
    await f.store.createProduct({ name: 'a' })
    f.time.now -= INTERVAL
    await f.store.createProduct({ name: 'b' })
    t.match(await f.store.takeRegistrations(f.time.now, 9), [{ name: 'b' }])
  })

  test('the time of a change does not step back with the clock', async (t, { store, time }) => {
    const { id } = await store.createProduct({ name: 'a' })
    time.now -= 1000
    t.equal((await store.updateProduct(id, { name: 'b' })).updated_at, toTime(START))
  })

  test('changes and deletions of another version are refused', async (t, { store }) => {
    const { id } = await store.createProduct({ name: 'a' })
    await store.updateProduct(id, { name: 'b' }, [1])
    await t.rejects(store.updateProduct(id, { name: 'c' }, [1]), { code: 'VERSION_MISMATCH' })
    await t.rejects(store.updateProduct(id, { name: 'c' }, []), { code: 'VERSION_MISMATCH' })
    await t.rejects(store.deleteProduct(id, [1, 3]), { code: 'VERSION_MISMATCH' })
    t.equal((await store.product(id)).name, 'b')
    await store.deleteProduct(id, [1, 2])
    await t.rejects(store.product(id), { code: 'PRODUCT_NOT_FOUND' })
  })

  test('a deleted product takes everything of it along', async (t, { store }) => {
    const { id, token } = await refreshed(store, 'lawn mower', [offer('x', 5)])
    await store.deleteProduct(id)
    await t.rejects(store.offers(id), { code: 'PRODUCT_NOT_FOUND' })
    t.same(await store.totals(), { products: 0, pending: 0, registered: 0, offers: 0 })
    t.same(await store.takeRefreshes(START + INTERVAL, { most: 9, due: 10, early: 10 }), [])
    t.same(await walk(store, { sort: 'created_at', words: 'lawn', limit: 10 }), [])
    // An answer that was under way comes too late.
    await store.settle([
      { type: 'refreshed', token, at: START, dueAt: START, offers: [offer('x', 5)] },
      { type: 'refresh-failed', token, at: START, dueAt: START, ...DOWN },
      { type: 'registered', token, at: START },
      { type: 'registration-failed', token, at: START, dueAt: START, ...DOWN },
      { type: 'forgotten', token, at: START, dueAt: START, ...DOWN },
      { type: 'unchanged', token, at: START, dueAt: START },
      { type: 'postponed', token, dueAt: START },
    ])
    const { id: next } = await store.createProduct({ name: 'next' })
    t.match(await store.product(next), { offers_count: 0, registration: { status: 'pending' } })
    t.same((await store.totals()).offers, 0)
  })

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

  test('offers come cheapest first, then by id', async (t, { store }) => {
    const offers = [offer('b', 7), offer('c', 5, 0), offer('a', 7)]
    const { id } = await refreshed(store, 'a', offers)
    t.match(await offersOf(store, id), {
      items: [
        { id: 'c', price: 5, items_in_stock: 0 },
        { id: 'a', price: 7 },
        { id: 'b', price: 7 },
      ],
      checked_at: toTime(START),
      stale: false,
    })
    t.match(await store.product(id), { offers_count: 3, lowest_price: 7 })
  })

  test('a poll lists, changes, delists and lists again', async (t, { store }) => {
    const { id, token } = await refreshed(store, 'p', [offer('same', 1), offer('less', 9, 4)])
    const poll = async (minute: number, offers: ObservedOffer[]) => {
      const at = START + minute * INTERVAL
      await store.settle([{ type: 'refreshed', token, at, dueAt: at + INTERVAL, offers }])
      return (await offersOf(store, id)).items
    }
    const first = toTime(START)
    const [second, third] = [toTime(START + INTERVAL), toTime(START + 2 * INTERVAL)]
    t.same(await poll(1, [offer('same', 1), offer('less', 9, 3), offer('new', 4)]), [
      {
        id: 'same',
        price: 1,
        items_in_stock: 1,
        first_seen_at: first,
        lowest_prior_30d: null,
        changed_at: first,
      },
      {
        id: 'new',
        price: 4,
        items_in_stock: 1,
        first_seen_at: second,
        lowest_prior_30d: null,
        changed_at: second,
      },
      {
        id: 'less',
        price: 9,
        items_in_stock: 3,
        first_seen_at: first,
        lowest_prior_30d: null,
        changed_at: second,
      },
    ])
    t.same(await poll(2, []), [])
    t.match(await store.product(id), { offers_count: 0, lowest_price: null, checked_at: third })
    t.equal((await store.totals()).offers, 0)
    const back = toTime(START + 3 * INTERVAL)
    t.same(await poll(3, [offer('less', 9, 3)]), [
      {
        id: 'less',
        price: 9,
        items_in_stock: 3,
        first_seen_at: first,
        lowest_prior_30d: null,
        changed_at: back,
      },
    ])
    t.equal((await store.totals()).offers, 1)
  })

  test('offers of two products may share an id', async (t, { store }) => {
    const a = await refreshed(store, 'a', [offer('1', 5)])
    const b = await refreshed(store, 'b', [offer('1', 6)])
    t.match((await offersOf(store, a.id)).items, [{ id: '1', price: 5 }])
    t.match((await offersOf(store, b.id)).items, [{ id: '1', price: 6 }])
  })

  test('a product is stale three intervals after it was checked', async (t, { store, time }) => {
    const { id } = await refreshed(store, 'a', [])
    time.now = START + 3 * INTERVAL
    t.equal((await store.product(id)).stale, false)
    time.now += 1
    t.equal((await store.product(id)).stale, true)
    t.equal((await offersOf(store, id)).stale, true)
  })

  test('a product checked in the future is stale', async (t, { store, time }) => {
    const { id } = await refreshed(store, 'a', [])
    time.now = START - 1
    t.match(await store.product(id), { checked_at: toTime(START), stale: true })
    t.equal((await offersOf(store, id)).stale, true)
    const { items } = await store.products({ words: [], sort: 'name', limit: 1 })
    t.equal(items[0]?.stale, true)
    time.now = START
    t.equal((await store.product(id)).stale, false)
  })

  test('a registration is handed out once, when it is due, the longest due first', async (t, f) => {
    const { store, time } = f
    await store.createProduct({ name: 'a' })
    time.now += 10
    await store.createProduct({ name: 'b' })
    await store.createProduct({ name: 'c' })
    const names = async (dueBy: number, limit: number) =>
      (await store.takeRegistrations(dueBy, limit)).map(({ name }) => name)
    t.same(await names(START - 1, 9), [])
    t.same(await names(START + 9, 9), ['a'])
    t.same(await names(START + 10, 1), ['b'])
    t.same(await names(START + 10, 9), ['c'])
    t.same(await names(Number.POSITIVE_INFINITY, 9), [])
  })

  test('a registration carries what is needed for it', async (t, { store }) => {
    const { id } = await store.createProduct({ name: 'a', description: 'b' })
    t.match(await store.takeRegistrations(START, 1), [
      { id, name: 'a', description: 'b', version: 1, failures: 0, registeredAt: null },
    ])
  })

  test('a registration that failed or was released is handed out again', async (t, { store }) => {
    await store.createProduct({ name: 'a' })
    const [task] = await store.takeRegistrations(START, 1)
    const token = task?.token ?? ''
    await store.settle([{ type: 'released', token }])
    t.match(await store.takeRegistrations(START, 1), [{ token, failures: 0 }])
    await store.settle([
      { type: 'registration-failed', token, at: START, dueAt: START + 500, ...DOWN },
    ])
    t.same(await store.takeRegistrations(START + 499, 1), [])
    t.match(await store.takeRegistrations(START + 500, 1), [{ token, failures: 1 }])
  })

  test('registrations can be expedited, but not delayed', async (t, { store }) => {
    await store.createProducts([{ name: 'a' }, { name: 'b' }])
    const [a, b] = await store.takeRegistrations(START, 2)
    await store.settle([
      {
        type: 'registration-failed',
        token: a?.token ?? '',
        at: START,
        dueAt: START + 500,
        ...DOWN,
      },
      { type: 'registration-failed', token: b?.token ?? '', at: START, dueAt: START + 5, ...DOWN },
    ])
    const { token } = await refreshed(store, 'forgotten', [])
    await store.settle([{ type: 'forgotten', token, at: START, dueAt: START + 500, ...DOWN }])
    await store.expediteRegistrations(START + 10)
    t.match(await store.takeRegistrations(START + 10, 3), [{ name: 'b' }, { name: 'a' }])
    t.equal((await store.takeRegistrations(START + 500, 3)).length, 1, 'the forgotten one waits')
  })

  test('a first registration is expedited where the clock was put back', async (t, { store }) => {
    await store.createProduct({ name: 'a' })
    const now = START - INTERVAL
    t.same(await store.takeRegistrations(now, 1), [])
    await store.expediteRegistrations(now)
    t.match(await store.takeRegistrations(now, 1), [{ name: 'a' }])
  })

  test('a rejected product shows why and is registered again when changed', async (t, {
    store,
  }) => {
    const { id } = await store.createProduct({ name: 'a' })
    const [task] = await store.takeRegistrations(START, 1)
    const { token, version } = task ?? { token: '', version: 0 }
    await store.settle([{ type: 'rejected', token, version, reason: 'too short', at: START }])
    t.match((await store.product(id)).registration, { status: 'rejected', reason: 'too short' })
    t.same(await store.takeRegistrations(Number.POSITIVE_INFINITY, 1), [])
    t.equal((await store.totals()).pending, 0)
    t.match((await store.updateProduct(id, { name: 'a' })).registration, {
      status: 'pending',
      reason: null,
    })
    t.match(await store.takeRegistrations(START, 1), [{ token, failures: 0 }])
  })

  test('a rejection of a text that was changed meanwhile does not count', async (t, { store }) => {
    const { id } = await store.createProduct({ name: 'a' })
    const [task] = await store.takeRegistrations(START, 1)
    await store.updateProduct(id, { name: 'b' })
    const { token, version } = task ?? { token: '', version: 0 }
    await store.settle([{ type: 'rejected', token, version, reason: 'too short', at: START }])
    t.equal((await store.product(id)).registration.status, 'pending')
    t.match(await store.takeRegistrations(START, 1), [{ name: 'b', version: 2 }])
  })

  test('a registered product keeps its place until its first poll is settled', async (t, f) => {
    const { store } = f
    await store.createProduct({ name: 'a' })
    const [task] = await store.takeRegistrations(START, 1)
    const token = task?.token ?? ''
    await store.settle([{ type: 'registered', token, at: START }])
    t.same(await store.takeRefreshes(START, { most: 9, due: 9, early: 9 }), [])
    await store.settle([{ type: 'released', token }])
    t.match(await store.takeRefreshes(START, { most: 9, due: 9, early: 9 }), [
      { token, registeredAt: START, failures: 0 },
    ])
  })

  testAlone(
    'a product registered before the end of the process is polled first after it',
    async (t, f) => {
      await refreshed(f.store, 'polled', [])
      const { id } = await f.store.createProduct({ name: 'a' })
      const [task] = await f.store.takeRegistrations(START, 1)
      await f.store.settle([{ type: 'registered', token: task?.token ?? '', at: START }])
      await f.store.close()
      const again = await f.open()
      t.match(await again.takeRefreshes(START, { most: 9, due: 9, early: 0 }), [{ id }])
    },
  )

  test('polls are handed out in the order in which they are due', async (t, { store }) => {
    const tokens: string[] = []
    for (const minute of [3, 1, 2]) {
      tokens.push((await refreshed(store, 'p', [], START + minute * INTERVAL)).token)
    }
    const take = async (now: number, due: number, early: number) =>
      (await store.takeRefreshes(now, { most: 9, due, early })).map(({ token }) =>
        tokens.indexOf(token),
      )
    const now = START + 3 * INTERVAL
    t.same(await take(now, 0, 0), [])
    t.same(await take(now, 1, 0), [1], 'one of two that are due')
    t.same(await take(now, 9, 0), [2], 'the other, and none that is not due')
    t.same(await take(now, 0, 1), [0], 'one that is not due')
    t.same(await take(now, 9, 9), [], 'each is handed out once')
  })

  test('first polls come before all others, as many as there may be', async (t, { store }) => {
    const overdue = await refreshed(store, 'overdue', [], START - DAY)
    await store.createProducts([{ name: 'a' }, { name: 'b' }, { name: 'c' }])
    const tokens = (await store.takeRegistrations(START, 3)).map(({ token }) => token)
    await store.settle(
      tokens.flatMap((token) => [
        { type: 'registered', token, at: START },
        { type: 'released', token },
      ]),
    )
    const take = async (most: number, due: number) =>
      (await store.takeRefreshes(START, { most, due, early: 0 })).map(({ token }) => token)
    t.same(await take(2, 0), tokens.slice(0, 2))
    t.same(await take(9, 2), [tokens[2], overdue.token])
  })

  test('overdue polls count among the early ones', async (t, { store }) => {
    for (const minute of [0, 1, 2]) await refreshed(store, 'p', [], START + minute * INTERVAL)
    t.equal((await store.takeRefreshes(START + INTERVAL, { most: 9, due: 9, early: 2 })).length, 2)
  })

  const LONGEST = { registration: 5 * INTERVAL, refresh: INTERVAL }

  /** How far ahead of the clock the last poll and the last registration are, and whether that can be. */
  const AHEAD: [name: string, refresh: number, registration: number, possible: boolean][] = [
    ['as far ahead as it can be set', INTERVAL, 5 * INTERVAL, true],
    ['a poll further than that', INTERVAL + 1, 0, false],
    ['a registration further than that', 0, 5 * INTERVAL + 1, false],
    ['both an hour', 60 * INTERVAL, 60 * INTERVAL, false],
    ['a poll five hundred years', 500 * 365 * DAY, INTERVAL, false],
  ]
  for (const [name, refresh, registration, possible] of AHEAD) {
    test(`work is due in its order, and now if the clock was put back: ${name}`, async (t, f) => {
      const { store, time } = f
      const { now } = time
      const overdue = await refreshed(store, 'a', [], now - 2 * INTERVAL)
      const last = await refreshed(store, 'b', [])
      const [soon, late] = await createAll(store, [{ name: 'c' }, { name: 'd' }])
      const pending = await store.takeRegistrations(now, 2)
      await store.settle([
        { type: 'postponed', token: last.token, dueAt: now + refresh },
        ...pending.map(({ token, id }) => {
          const dueAt = now + (id === soon?.id ? Math.min(registration, 1) : registration)
          return { type: 'registration-failed', token, at: now, dueAt, ...DOWN } as const
        }),
      ])
      await store.correctDueTimes(now, LONGEST)
      const early = possible ? 9 : 0
      const polls = await store.takeRefreshes(now, { most: 9, due: 9, early })
      t.same(
        polls.map(({ token }) => token),
        [overdue.token, last.token],
      )
      const registrations = await store.takeRegistrations(possible ? now + registration : now, 9)
      t.same(
        registrations.map(({ id }) => id),
        [soon?.id, late?.id],
      )
    })
  }

  test('work that can be due so late is left as it is', async (t, { store, time }) => {
    await refreshed(store, 'a', [])
    await store.createProduct({ name: 'b' })
    await store.correctDueTimes(time.now, LONGEST)
    const due = { most: 9, due: 9, early: 0 }
    t.same(await store.takeRefreshes(time.now + INTERVAL - 1, due), [])
    t.equal((await store.takeRefreshes(time.now + INTERVAL, due)).length, 1)
  })

  test('first polls come before all others also by a clock that was put back', async (t, f) => {
    const { store, time } = f
    await refreshed(store, 'polled', [])
    await store.createProduct({ name: 'new' })
    const [task] = await store.takeRegistrations(START, 1)
    const token = task?.token ?? ''
    await store.settle([
      { type: 'registered', token, at: START },
      { type: 'released', token },
    ])
    time.now -= DAY
    await store.correctDueTimes(time.now, LONGEST)
    t.match(await store.takeRefreshes(time.now, { most: 1, due: 0, early: 0 }), [{ token }])
  })

  test('no poll starves by a clock that is put back again and again', async (t, {
    store,
    time,
  }) => {
    const tokens: string[] = []
    for (let second = 0; second < 10; second++) {
      tokens.push((await refreshed(store, 'p', [], START + second * 1000)).token)
    }
    const polled: string[] = []
    for (let round = 0; round < 10; round++) {
      time.now -= 10_000
      await store.correctDueTimes(time.now, LONGEST)
      const tasks = await store.takeRefreshes(time.now, { most: 2, due: 2, early: 0 })
      polled.push(...tasks.map(({ token }) => token))
      time.now += 5_000
      const [at, dueAt] = [time.now, time.now + INTERVAL]
      await store.settle(tasks.map(({ token }) => ({ type: 'unchanged', token, at, dueAt })))
    }
    t.same(polled, [...tokens, ...tokens])
  })

  testAlone('what was handed out before the store was opened anew is refused', async (t, f) => {
    const old = await refreshed(f.store, 'a', [offer('x', 5)])
    await f.store.createProduct({ name: 'b' })
    const [late] = await f.store.takeRegistrations(START, 1)
    await f.store.close()
    const store = await f.open()
    const [again] = await store.takeRegistrations(START, 1)
    t.equal(again?.id, late?.id, 'it is handed out again')
    const at = START + INTERVAL
    const late1: Outcome = { type: 'registered', token: late?.token ?? '', at }
    const poll: Outcome = { type: 'refreshed', token: old.token, at, dueAt: at, offers: [] }
    const others = ['', 'x', '1', '1.2', '0.0.1', old.token.slice(1)].map(
      (token): Outcome => ({ type: 'refresh-failed', token, at, dueAt: at, ...DOWN }),
    )
    const before = [await store.product(old.id), await store.product(again?.id ?? '')]
    t.same(await store.settle([late1, poll, ...others]), { refused: [late1, poll, ...others] })
    t.same([await store.product(old.id), await store.product(again?.id ?? '')], before)

    const good: Outcome = { type: 'registered', token: again?.token ?? '', at }
    t.same(await store.settle([poll, good, late1]), { refused: [poll, late1] })
    t.equal((await store.product(again?.id ?? '')).registration.status, 'registered')
    t.equal((await store.product(old.id)).offers_count, 1, 'the others are applied all the same')
    t.same(await store.takeRegistrations(DAY + START, 9), [], 'what is refused frees nothing')
  })

  test('outcomes under good tokens are not refused', async (t, { store }) => {
    t.same(await store.settle([]), { refused: [] })
    const { id, token } = await refreshed(store, 'a', [])
    const failed = { type: 'refresh-failed', token, at: START, dueAt: START, ...DOWN } as const
    t.same(await store.settle([failed, { ...failed, at: START + 1 }]), { refused: [] })
    await store.deleteProduct(id)
    t.same(await store.settle([failed]), { refused: [] }, 'of a deleted product they are ignored')
  })

  test('an instance that is alone polls all registered products', async (t, { store }) => {
    t.equal(await store.share(), 0)
    await refreshed(store, 'a', [])
    const { token } = await refreshed(store, 'b', [])
    await store.createProduct({ name: 'pending' })
    t.equal(await store.share(), 2)
    await store.settle([{ type: 'forgotten', token, at: START, dueAt: START, ...DOWN }])
    t.equal(await store.share(), 1)
  })

  test('a failed poll keeps the offers and counts', async (t, { store }) => {
    const { id, token } = await refreshed(store, 'a', [offer('x', 5)])
    const before = await offersOf(store, id)
    await store.settle([{ type: 'refresh-failed', token, at: START, dueAt: START + 10, ...DOWN }])
    t.same(await offersOf(store, id), before)
    t.match(await store.takeRefreshes(START + 10, { most: 9, due: 1, early: 0 }), [
      { token, failures: 1 },
    ])
    const at = START + 20
    await store.settle([{ type: 'refreshed', token, at, dueAt: at, offers: [] }])
    t.match(await store.takeRefreshes(at, { most: 9, due: 1, early: 0 }), [{ token, failures: 0 }])
  })

  test('what a poll was told is handed out with the next one', async (t, { store }) => {
    const { token } = await refreshed(store, 'a', [offer('x', 5)])
    const take = async (now: number) =>
      (await store.takeRefreshes(now, { most: 9, due: 9, early: 0 })).map(({ answer }) => answer)
    t.same(await take(START + INTERVAL), [null])
    const at = START + INTERVAL
    const poll = { type: 'refreshed', token, at, dueAt: at } as const
    await store.settle([{ ...poll, offers: [offer('x', 6)], answer: 'abc' }])
    t.same(await take(at), ['abc'])
    await store.settle([{ ...poll, type: 'unchanged', dueAt: at }])
    t.same(await take(at), ['abc'])
    await store.settle([{ ...poll, offers: [] }])
    t.same(await take(at), [null])
  })

  test('a poll that found nothing new moves its time alone', async (t, { store, time }) => {
    const { id, token } = await refreshed(store, 'a', [offer('x', 5)])
    const before = await store.product(id)
    const { lastSeq } = store
    time.now = START + INTERVAL
    await store.settle([
      { type: 'refresh-failed', token, at: START + 1, dueAt: START + INTERVAL, ...DOWN },
      { type: 'unchanged', token, at: time.now, dueAt: time.now + INTERVAL },
    ])
    const checked_at = new Date(time.now).toISOString()
    const refresh = { ...before.refresh, next_at: toTime(time.now + INTERVAL) }
    t.same(await store.product(id), { ...before, checked_at, refresh })
    t.match(await offersOf(store, id), { items: [{ id: 'x', price: 5 }], checked_at })
    t.equal(store.lastSeq, lastSeq)
    const tasks = await store.takeRefreshes(time.now + INTERVAL, { most: 9, due: 9, early: 0 })
    t.match(tasks, [{ token, failures: 0 }])
    t.same(await store.takeRefreshes(time.now, { most: 9, due: 9, early: 9 }), [])
  })

  test('polls that found nothing new count as looked', async (t, { store, time }) => {
    const { id, token } = await refreshed(store, 'a', [offer('x', 5)])
    const unchanged = (at: number) => ({ type: 'unchanged', token, at, dueAt: at }) as const
    // Within three intervals of each other, and then not.
    for (const minute of [1, 3, 6, 10, 11]) {
      await store.settle([unchanged(START + minute * INTERVAL)])
    }
    time.now = START + 11 * INTERVAL
    const window = { from: START, to: time.now, byHour: false }
    t.same((await store.productHistory(id, window)).covered, [
      { since: START, until: START + 6 * INTERVAL },
      { since: START + 10 * INTERVAL, until: START + 11 * INTERVAL },
    ])
  })

  test('many tasks come in order, each once, while others are settled', async (t, { store }) => {
    const count = 600
    await store.createProducts(Array.from({ length: count }, (_, n) => ({ name: `${n}` })))
    const names: string[] = []
    const tokens: string[] = []
    while (names.length < count) {
      const tasks = await store.takeRegistrations(START, 100)
      names.push(...tasks.map(({ name }) => name))
      tokens.push(...tasks.map(({ token }) => token))
      await store.settle(
        tasks.flatMap(({ token }) => [
          { type: 'registered', token, at: START },
          { type: 'unchanged', token, at: START, dueAt: START + tokens.indexOf(token) },
        ]),
      )
    }
    t.same(
      names,
      Array.from({ length: count }, (_, n) => `${n}`),
    )
    t.same(await store.takeRegistrations(START, 1), [])

    const take = async (due: number) =>
      (await store.takeRefreshes(START + DAY, { most: 999, due, early: 0 })).map(
        ({ token }) => token,
      )
    t.same(await take(10), tokens.slice(0, 10))
    const [first = ''] = tokens
    await store.settle([
      { type: 'refresh-failed', token: first, at: START, dueAt: START + 1, ...DOWN },
    ])
    t.same(await take(1), [first], 'what is due again before the others comes before them')
    t.same(await take(999), tokens.slice(10))
    t.same(await take(999), [])
  })

  test('what is handed out is as it was last changed', async (t, { store }) => {
    const [a, b] = await createAll(store, [{ name: 'a' }, { name: 'b' }, { name: 'c' }])
    t.match(await store.takeRegistrations(START, 1), [{ name: 'a' }])
    await store.updateProduct(b?.id ?? '', { name: 'b, changed' })
    t.match(await store.takeRegistrations(START, 1), [{ name: 'b, changed' }])
    await store.deleteProduct(a?.id ?? '')
    t.match(await store.takeRegistrations(START, 9), [{ name: 'c' }])
  })

  test('a postponed poll is due later, and counts as no failure', async (t, { store }) => {
    const { token } = await refreshed(store, 'a', [])
    const now = START + INTERVAL
    await store.takeRefreshes(now, { most: 9, due: 9, early: 0 })
    await store.settle([{ type: 'postponed', token, dueAt: now + 10 }])
    t.same(await store.takeRefreshes(now + 9, { most: 9, due: 9, early: 0 }), [])
    t.match(await store.takeRefreshes(now + 10, { most: 9, due: 9, early: 0 }), [
      { token, failures: 0 },
    ])
  })

  test('a forgotten product is pending again and keeps its offers', async (t, { store }) => {
    const { id, token } = await refreshed(store, 'a', [offer('x', 5)])
    await store.settle([{ type: 'forgotten', token, at: START, dueAt: START + 10, ...DOWN }])
    t.equal((await store.product(id)).registration.status, 'pending')
    t.equal((await offersOf(store, id)).items.length, 1)
    t.same(await store.takeRefreshes(START + INTERVAL, { most: 9, due: 9, early: 9 }), [])
    t.same(await store.takeRegistrations(START + 9, 1), [])
    t.match(await store.takeRegistrations(START + 10, 1), [{ token, registeredAt: START }])
  })

  test('totals follow every change', async (t, { store }) => {
    t.same(await store.totals(), { products: 0, pending: 0, registered: 0, offers: 0 })
    await refreshed(store, 'a', [offer('x', 5), offer('y', 5)])
    const { id } = await refreshed(store, 'b', [offer('x', 5)])
    await store.createProduct({ name: 'c' })
    t.same(await store.totals(), { products: 3, pending: 1, registered: 2, offers: 3 })
    await store.deleteProduct(id)
    t.same(await store.totals(), { products: 2, pending: 1, registered: 1, offers: 2 })
  })

  test('freshness of nothing is perfect', async (t, { store }) => {
    t.same(await store.freshness(START), {
      due: 0,
      oldestCheckedAt: null,
      p95AgeMs: null,
      within: 1,
      failing: 0,
    })
  })

  test('due polls and ages are those of the registered products', async (t, { store, time }) => {
    for (let second = 0; second < 40; second++) {
      await refreshed(store, 'p', [], START + second * 1000)
    }
    await store.createProduct({ name: 'pending' })
    time.now = START + 60_000
    t.same(await store.freshness(START + 10_000), {
      due: 1,
      oldestCheckedAt: START,
      p95AgeMs: 58_000,
      within: 30 / 41,
      failing: 0,
    })
  })

  test('products checked in the future are not fresh, and their age is not known', async (t, f) => {
    const { store, time } = f
    for (let second = 0; second < 40; second++) {
      await refreshed(store, 'p', [], START + second * 1000)
    }
    const freshness: [now: number, oldest: number | null, p95: number | null, within: number][] = [
      [39_000, START, 37_000, 1],
      [38_000, START, 37_000, 39 / 40],
      [37_000, START, 37_000, 38 / 40],
      [36_000, START, null, 37 / 40],
      [-1, null, null, 0],
    ]
    for (const [now, oldestCheckedAt, p95AgeMs, within] of freshness) {
      time.now = START + now
      const expected = { due: 0, oldestCheckedAt, p95AgeMs, within, failing: 0 }
      t.same(await store.freshness(START), expected, `${now} ms after the first check`)
    }
  })

  test('a product that was never checked is not fresh', async (t, { store }) => {
    await refreshed(store, 'a', [])
    await store.createProduct({ name: 'b' })
    const [task] = await store.takeRegistrations(START, 1)
    await store.settle([{ type: 'registered', token: task?.token ?? '', at: START }])
    t.match(await store.freshness(START), { within: 0.5, p95AgeMs: null, oldestCheckedAt: START })
  })

  testAlone('credentials are kept', async (t, fixture) => {
    t.equal(await fixture.store.credentials(), null)
    const first = { account: 'a', accessToken: 't1', expiresAt: null }
    await fixture.store.saveCredentials(first, null)
    t.same(await fixture.store.credentials(), first)
    const second = { account: 'b', accessToken: 't2', expiresAt: START }
    await fixture.store.saveCredentials(second, first)
    await fixture.store.close()
    t.same(await (await fixture.open()).credentials(), second)
  })

  testAlone('credentials replace those that were expected, and no others', async (t, { store }) => {
    const credentials = (accessToken: string, account = 'a') => ({
      ...{ account, accessToken, expiresAt: null },
    })
    const [one, two] = [credentials('1'), credentials('2')]
    const { id } = await refreshed(store, 'a', [])
    const reregister = { at: START }
    t.notOk(await store.saveCredentials(two, one), 'none are kept yet')
    t.equal(await store.credentials(), null)
    t.ok(await store.saveCredentials(one, null))
    for (const expected of [null, two, credentials('1', 'b')]) {
      t.notOk(await store.saveCredentials(two, expected, reregister))
    }
    t.same(await store.credentials(), one)
    t.equal((await store.product(id)).registration.status, 'registered', 'nothing of it is applied')
    const saved = ['2', '3', '4'].map((token) => store.saveCredentials(credentials(token), one))
    t.same(await Promise.all(saved), [true, false, false])
    t.same(await store.credentials(), two)
  })

  test('credentials that were not saved make no registration due', async (t, { store }) => {
    await refreshed(store, 'a', [])
    const remove = store.onRegistrationsDue(() => t.fail('nothing is due'))
    const credentials = { account: 'x', accessToken: 'never kept', expiresAt: null }
    t.notOk(await store.saveCredentials(credentials, credentials, { at: START }))
    t.same(await store.takeRegistrations(DAY + START, 9), [])
    remove()
  })

  test('new credentials can make all products pending', async (t, { store }) => {
    const { id } = await refreshed(store, 'a', [offer('x', 5)])
    await store.createProduct({ name: 'rejected' })
    const [task] = await store.takeRegistrations(START, 1)
    const { token, version } = task ?? { token: '', version: 0 }
    await store.settle([{ type: 'rejected', token, version, reason: 'no', at: START }])
    await store.createProduct({ name: 'failed' })
    const [failed] = await store.takeRegistrations(START, 1)
    await store.settle([
      {
        type: 'registration-failed',
        token: failed?.token ?? '',
        at: START,
        dueAt: START + INTERVAL,
        ...DOWN,
      },
    ])
    const credentials = { account: 'a', accessToken: 't', expiresAt: null }
    await store.saveCredentials(credentials, await store.credentials(), { at: START + 10 })
    t.match(await store.totals(), { pending: 3, registered: 0, offers: 1 })
    t.equal((await store.product(id)).offers_count, 1)
    t.same(await store.takeRefreshes(START + INTERVAL, { most: 9, due: 9, early: 9 }), [])
    t.same(await store.takeRegistrations(START + 9, 9), [])
    t.equal((await store.takeRegistrations(START + 10, 9)).length, 3)
  })

  test('a poll that ends after its product became pending does not make it due', async (t, f) => {
    const { token } = await refreshed(f.store, 'a', [])
    const credentials = { account: 'a', accessToken: 't', expiresAt: null }
    await f.store.saveCredentials(credentials, await f.store.credentials(), { at: START })
    await f.store.settle([
      { type: 'refreshed', token, at: START, dueAt: START, offers: [] },
      { type: 'refresh-failed', token, at: START, dueAt: START, ...DOWN },
    ])
    t.same(await f.store.takeRefreshes(START, { most: 9, due: 9, early: 9 }), [])
  })

  test('listeners hear of registrations that became due', async (t, { store }) => {
    let heard = 0
    const remove = store.onRegistrationsDue(() => {
      heard += 1
    })
    const { id } = await store.createProduct({ name: 'a' })
    t.equal(heard, 1)
    await store.createProducts([{ name: 'b' }])
    t.equal(heard, 2)
    await store.updateProduct(id, { name: 'c' })
    t.equal(heard, 3, 'a pending product may have been held back')
    await store.expediteRegistrations(START)
    t.equal(heard, 4)
    const credentials = { account: 'a', accessToken: 't', expiresAt: null }
    await store.saveCredentials(credentials, await store.credentials())
    t.equal(heard, 4, 'a new token alone makes nothing due')
    await store.saveCredentials(credentials, await store.credentials(), { at: START })
    t.equal(heard, 5)
    remove()
    await store.createProduct({ name: 'd' })
    t.equal(heard, 5)
  })

  test('a change of a registered product makes nothing due', async (t, { store }) => {
    const { id } = await refreshed(store, 'a', [])
    const remove = store.onRegistrationsDue(() => t.fail('nothing is due'))
    await store.updateProduct(id, { name: 'b' })
    t.equal((await store.totals()).pending, 0)
    remove()
  })

  testAlone('a secret is made once', async (t, fixture) => {
    const secret = await fixture.store.secret('a')
    t.equal(secret.length, 32)
    t.same(await fixture.store.secret('a'), secret)
    t.notSame(await fixture.store.secret('b'), secret)
    await fixture.store.close()
    t.same(await (await fixture.open()).secret('a'), secret)
  })

  test('writes that come together share commits', async (t, { store, commits }) => {
    const writes = Array.from({ length: 100 }, () => store.createProduct({ name: 'a' }))
    t.equal(store.queuedWrites, 100)
    await Promise.all(writes)
    t.equal(store.queuedWrites, 0)
    t.equal((await store.totals()).products, 100)
    t.equal(
      commits.reduce((sum, writes) => sum + writes, 0),
      100,
    )
    t.ok(commits.length < 10, `${commits.length} commits`)
  })

  testAlone(
    'closing finishes what was accepted and refuses what comes after',
    async (t, fixture) => {
      const { store } = fixture
      const writes = Array.from({ length: 10 }, () => store.createProduct({ name: 'a' }))
      await store.close()
      await Promise.all(writes)
      await t.rejects(store.createProduct({ name: 'b' }), { message: 'The store is unavailable' })
      await t.rejects(store.check(), { message: 'The store is unavailable' })
      await t.rejects(store.product('a'), { message: 'The store is unavailable' })
      t.equal((await (await fixture.open()).totals()).products, 10)
    },
  )

  test('a store that works passes its check', async (t, { store }) => {
    await t.resolves(store.check())
  })
}
