import { toTime } from '../../../schemas/to-time.ts'
import { DOWN } from '../../helper.ts'
import { createAll } from '../create-all.ts'
import { type ContractTests, DAY, INTERVAL, offer, offersOf, refreshed } from '../fixture.ts'

/** Which polls are handed out, and how they end. */
export function pollContract({ test, testAlone }: ContractTests): void {
  test('a registered product keeps its place until its first poll is settled', async (t, f) => {
    const { store } = f
    await store.createProduct({ name: 'a' })
    const [task] = await store.takeRegistrations(f.start, 1)
    const token = task?.token ?? ''
    await store.settle([{ type: 'registered', token, at: f.start }])
    t.same(await store.takeRefreshes(f.start, { most: 9, due: 9, early: 9 }), [])
    await store.settle([{ type: 'released', token }])
    t.match(await store.takeRefreshes(f.start, { most: 9, due: 9, early: 9 }), [
      { token, registeredAt: f.start, failures: 0 },
    ])
  })

  testAlone(
    'a product registered before the end of the process is polled first after it',
    async (t, f) => {
      await refreshed(f.store, 'polled', [])
      const { id } = await f.store.createProduct({ name: 'a' })
      const [task] = await f.store.takeRegistrations(f.start, 1)
      await f.store.settle([{ type: 'registered', token: task?.token ?? '', at: f.start }])
      await f.store.close()
      const again = await f.open()
      t.match(await again.takeRefreshes(f.start, { most: 9, due: 9, early: 0 }), [{ id }])
    },
  )

  test('polls are handed out in the order in which they are due', async (t, { store, start }) => {
    const tokens: string[] = []
    for (const minute of [3, 1, 2]) {
      tokens.push((await refreshed(store, 'p', [], start + minute * INTERVAL)).token)
    }
    const take = async (now: number, due: number, early: number) =>
      (await store.takeRefreshes(now, { most: 9, due, early })).map(({ token }) =>
        tokens.indexOf(token),
      )
    const now = start + 3 * INTERVAL
    t.same(await take(now, 0, 0), [])
    t.same(await take(now, 1, 0), [1], 'one of two that are due')
    t.same(await take(now, 9, 0), [2], 'the other, and none that is not due')
    t.same(await take(now, 0, 1), [0], 'one that is not due')
    t.same(await take(now, 9, 9), [], 'each is handed out once')
  })

  test('first polls come before all others, as many as there may be', async (t, {
    store,
    start,
  }) => {
    const overdue = await refreshed(store, 'overdue', [], start - DAY)
    await store.createProducts([{ name: 'a' }, { name: 'b' }, { name: 'c' }])
    const tokens = (await store.takeRegistrations(start, 3)).map(({ token }) => token)
    await store.settle(
      tokens.flatMap((token) => [
        { type: 'registered', token, at: start },
        { type: 'released', token },
      ]),
    )
    const take = async (most: number, due: number) =>
      (await store.takeRefreshes(start, { most, due, early: 0 })).map(({ token }) => token)
    t.same(await take(2, 0), tokens.slice(0, 2))
    t.same(await take(9, 2), [tokens[2], overdue.token])
  })

  test('overdue polls count among the early ones', async (t, { store, start }) => {
    for (const minute of [0, 1, 2]) await refreshed(store, 'p', [], start + minute * INTERVAL)
    t.equal((await store.takeRefreshes(start + INTERVAL, { most: 9, due: 9, early: 2 })).length, 2)
  })

  test('the answer of a poll is handed out with the next one', async (t, { store, start }) => {
    const { token } = await refreshed(store, 'a', [offer('x', 5)])
    const take = async (now: number) =>
      (await store.takeRefreshes(now, { most: 9, due: 9, early: 0 })).map(({ answer }) => answer)
    t.same(await take(start + INTERVAL), [null])
    const at = start + INTERVAL
    const poll = { type: 'refreshed', token, at, dueAt: at } as const
    await store.settle([{ ...poll, offers: [offer('x', 6)], answer: 'abc' }])
    t.same(await take(at), ['abc'])
    await store.settle([{ ...poll, type: 'unchanged', dueAt: at }])
    t.same(await take(at), ['abc'])
    await store.settle([{ ...poll, offers: [] }])
    t.same(await take(at), [null])
  })

  test('a poll that found nothing new moves its time alone', async (t, { store, time, start }) => {
    const { id, token } = await refreshed(store, 'a', [offer('x', 5)])
    const before = await store.product(id)
    const { lastSeq } = store
    time.now = start + INTERVAL
    await store.settle([
      { type: 'refresh-failed', token, at: start + 1, dueAt: start + INTERVAL, ...DOWN },
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

  test('polls that found nothing new count as coverage', async (t, { store, time, start }) => {
    const { id, token } = await refreshed(store, 'a', [offer('x', 5)])
    const unchanged = (at: number) => ({ type: 'unchanged', token, at, dueAt: at }) as const
    // Within three intervals of each other, and then not.
    for (const minute of [1, 3, 6, 10, 11]) {
      await store.settle([unchanged(start + minute * INTERVAL)])
    }
    time.now = start + 11 * INTERVAL
    const window = { from: start, to: time.now, byHour: false }
    t.same((await store.productHistory(id, window)).covered, [
      { since: start, until: start + 6 * INTERVAL },
      { since: start + 10 * INTERVAL, until: start + 11 * INTERVAL },
    ])
  })

  test('many tasks come in order, each once, while others are settled', async (t, {
    store,
    start,
  }) => {
    const count = 600
    await store.createProducts(Array.from({ length: count }, (_, n) => ({ name: `${n}` })))
    const names: string[] = []
    const tokens: string[] = []
    while (names.length < count) {
      const tasks = await store.takeRegistrations(start, 100)
      names.push(...tasks.map(({ name }) => name))
      tokens.push(...tasks.map(({ token }) => token))
      await store.settle(
        tasks.flatMap(({ token }) => [
          { type: 'registered', token, at: start },
          { type: 'unchanged', token, at: start, dueAt: start + tokens.indexOf(token) },
        ]),
      )
    }
    t.same(
      names,
      Array.from({ length: count }, (_, n) => `${n}`),
    )
    t.same(await store.takeRegistrations(start, 1), [])

    const take = async (due: number) =>
      (await store.takeRefreshes(start + DAY, { most: 999, due, early: 0 })).map(
        ({ token }) => token,
      )
    t.same(await take(10), tokens.slice(0, 10))
    const [first = ''] = tokens
    await store.settle([
      { type: 'refresh-failed', token: first, at: start, dueAt: start + 1, ...DOWN },
    ])
    t.same(await take(1), [first], 'what is due again before the others comes before them')
    t.same(await take(999), tokens.slice(10))
    t.same(await take(999), [])
  })

  test('what is handed out is as it was last changed', async (t, { store, start }) => {
    const [a, b] = await createAll(store, [{ name: 'a' }, { name: 'b' }, { name: 'c' }])
    t.match(await store.takeRegistrations(start, 1), [{ name: 'a' }])
    await store.updateProduct(b?.id ?? '', { name: 'b, changed' })
    t.match(await store.takeRegistrations(start, 1), [{ name: 'b, changed' }])
    await store.deleteProduct(a?.id ?? '')
    t.match(await store.takeRegistrations(start, 9), [{ name: 'c' }])
  })

  test('a postponed poll is due later, and counts as no failure', async (t, { store, start }) => {
    const { token } = await refreshed(store, 'a', [])
    const now = start + INTERVAL
    await store.takeRefreshes(now, { most: 9, due: 9, early: 0 })
    await store.settle([{ type: 'postponed', token, dueAt: now + 10 }])
    t.same(await store.takeRefreshes(now + 9, { most: 9, due: 9, early: 0 }), [])
    t.match(await store.takeRefreshes(now + 10, { most: 9, due: 9, early: 0 }), [
      { token, failures: 0 },
    ])
  })
}
