import { DOWN } from '../../helper.ts'
import { createAll } from '../create-all.ts'
import { type ContractTests, DAY, INTERVAL, refreshed } from '../fixture.ts'

/** Work that is due when the clock was put back. */
export function dueTimeContract({ test }: ContractTests): void {
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
    const [task] = await store.takeRegistrations(f.start, 1)
    const token = task?.token ?? ''
    await store.settle([
      { type: 'registered', token, at: f.start },
      { type: 'released', token },
    ])
    time.now -= DAY
    await store.correctDueTimes(time.now, LONGEST)
    t.match(await store.takeRefreshes(time.now, { most: 1, due: 0, early: 0 }), [{ token }])
  })

  test('no poll starves by a clock that is put back again and again', async (t, {
    store,
    time,
    start,
  }) => {
    const tokens: string[] = []
    for (let second = 0; second < 10; second++) {
      tokens.push((await refreshed(store, 'p', [], start + second * 1000)).token)
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
}
