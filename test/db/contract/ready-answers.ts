import type { Outcome, ProductQuery } from '../../../db/store.ts'
import { shownPause } from '../../../offers/pause.ts'
import { randomOf } from '../../random.ts'
import { type ContractTests, DAY, type Fixture, INTERVAL, offer, refreshed } from '../fixture.ts'
import { ALL, differences, readyProduct } from '../made-answers.ts'

const unknown = { code: 'PRODUCT_NOT_FOUND' }

const QUERIES: ProductQuery[] = [
  ALL,
  { ...ALL, stale: true },
  { ...ALL, stale: false, count: true },
  { ...ALL, sort: '-lowest_price', limit: 2, count: true },
  { ...ALL, tags: ['a'] },
]

type Write = (f: Fixture, ids: string[], random: (below: number) => number) => Promise<unknown>

const one = (ids: string[], random: (below: number) => number) => ids[random(ids.length)] ?? ''

async function poll({ store, time }: Fixture, outcome: (token: string) => Outcome) {
  const tasks = await store.takeRefreshes(time.now, { most: 1, due: 1, early: 1 })
  await store.settle(tasks.map(({ token }) => outcome(token)))
}

/** All that can change an answer about a product. */
const WRITES: Record<string, Write> = {
  change: ({ store }, ids, random) =>
    store.updateProduct(one(ids, random), { name: `name ${random(1000)}` }),
  'change nothing': ({ store }, ids, random) => store.updateProduct(one(ids, random), {}),
  tag: ({ store }, ids, random) =>
    store.updateProducts([{ id: one(ids, random), patch: { tags: random(2) ? ['a'] : ['b'] } }]),
  create: async ({ store }, ids) => {
    ids.push((await store.createProduct({ name: 'new', tags: ['a'] })).id)
  },
  'create or update': ({ store }, _ids, random) =>
    store.createProducts([{ name: `${random(1000)}`, external_id: 'sku' }], 'update'),
  put: ({ store }, _ids, random) => store.putProduct('sku', { name: `put ${random(1000)}` }),
  delete: ({ store }, ids) => store.deleteProducts(ids.splice(2, 1)),
  'delete one': ({ store }, ids) =>
    ids.length > 3 ? store.deleteProduct(String(ids.splice(2, 1))) : Promise.resolve(),
  poll: (f, _ids, random) =>
    poll(f, (token) => ({
      ...{ type: 'refreshed', token, at: f.time.now, dueAt: f.time.now + INTERVAL },
      offers: [offer('x', 100 + random(5)), offer('y', 100 + random(5))],
    })),
  'poll again': (f) =>
    poll(f, (token) => ({
      ...{ type: 'unchanged', token, at: f.time.now, dueAt: f.time.now + INTERVAL },
    })),
  'fail to poll': (f) =>
    poll(f, (token) => ({
      ...{ type: 'refresh-failed', token, at: f.time.now, dueAt: f.time.now + INTERVAL },
      ...{ fault: 'unavailable', message: 'It took too long' },
    })),
  postpone: (f) => poll(f, (token) => ({ type: 'postponed', token, dueAt: f.time.now + 7 })),
  register: async ({ store, time }) => {
    const tasks = await store.takeRegistrations(Number.POSITIVE_INFINITY, 1)
    const at = time.now
    await store.settle(
      tasks.flatMap(({ token }): Outcome[] => [
        { type: 'registered', token, at },
        { type: 'unchanged', token, at, dueAt: at + INTERVAL },
      ]),
    )
  },
  'register all again': async ({ store, time }) => {
    const before = await store.credentials()
    const token = { account: 'me', accessToken: `token ${time.now}`, expiresAt: null }
    await store.saveCredentials(token, before, { at: time.now })
  },
  'expedite registrations': ({ store, time }) => store.expediteRegistrations(time.now),
  'correct due times': ({ store, time }) =>
    store.correctDueTimes(time.now, { registration: INTERVAL, refresh: INTERVAL }),
  'pause polls': ({ store, time }) => store.pausePolls({ since: time.now - 1000, until: time.now }),
  compact: ({ store, time }) => {
    const before = time.now - DAY
    return store.compact({ rollBefore: before, rawBefore: before, changesBefore: before })
  },
  'let time pass': async ({ time }) => {
    time.now += INTERVAL
  },
  'put the clock back': async ({ time }) => {
    time.now -= 2 * INTERVAL
  },
}

/** Whether and why calls to the Offers service are paused, and until when. */
type Calls = Parameters<typeof shownPause>[1]

const OPEN: Calls = { obstacle: null, pausedUntil: null }
const DOWN: Calls = { obstacle: 'It is down', pausedUntil: null }

/** How calls can be paused, or not, from a time on. */
const PAUSES: ((now: number, random: (below: number) => number) => Calls)[] = [
  () => OPEN,
  () => DOWN,
  (now, random) => ({ obstacle: 'It asked', pausedUntil: now + random(3) * (INTERVAL / 2) }),
]

export function readyAnswerContract({ test, testAlone }: ContractTests): void {
  for (const seed of [1, 2]) {
    testAlone(
      `a ready answer is what a read gives after each of many writes, ${seed}`,
      async (t, f) => {
        const random = randomOf(seed)
        const ids: string[] = []
        for (const name of ['one', 'two', 'three']) {
          ids.push((await refreshed(f.store, name, [offer('x', 100)])).id)
        }
        const names = Object.keys(WRITES)
        let calls: Calls = OPEN
        for (let step = 0; step < 150; step++) {
          const name = names[random(names.length)] ?? ''
          const before = [...ids]
          await WRITES[name]?.(f, ids, random)
          if (random(3) === 0) calls = PAUSES[random(PAUSES.length)]?.(f.time.now, random) ?? calls
          const wrong = await differences(f.store, [...new Set([...before, ...ids])], {
            queries: QUERIES,
            pause: shownPause(f.time.now, calls),
          })
          if (wrong.length > 0) t.same(wrong, [], `after ${name}, step ${step}`)
        }
      },
    )
  }

  test('an answer changes at the moment at which the product becomes stale', async (t, f) => {
    const { id } = await refreshed(f.store, 'mower', [offer('x', 100)])
    for (const ms of [0, 3 * INTERVAL, 3 * INTERVAL + 1, -1, 0]) {
      f.time.now = f.start + ms
      t.same(await differences(f.store, [id]), [], `${ms} ms after the poll`)
    }
  })

  test('an answer about a product that is due is given again in the same pause', async (t, f) => {
    const { store, time, start } = f
    const { id } = await refreshed(store, 'mower', [])
    const dueAt = start + INTERVAL
    t.same(await differences(store, [id], { queries: [] }), [])
    const ASKED: Calls = { obstacle: 'It asked', pausedUntil: dueAt + 1 }
    // Each row: the time, the pause, and whether an engine that keeps answers has this one.
    for (const [at, calls, isKept] of [
      [start, OPEN, true],
      [dueAt - 1, DOWN, true], // Not due yet, so the pause does not show.
      [dueAt - 1, ASKED, false], // The pause ends after it is due.
      [dueAt - 1, ASKED, true],
      [dueAt, ASKED, false], // Now it waits.
      [dueAt, ASKED, true],
      [dueAt - 1, ASKED, false],
      [dueAt, DOWN, false],
      [dueAt + 1, DOWN, true],
      [dueAt - 1, DOWN, false],
      [dueAt - 1, OPEN, true],
    ] as const) {
      time.now = at
      const { hits } = store.ready
      t.same(await differences(store, [id], { queries: [], pause: shownPause(at, calls) }), [])
      if (store.ready.bytes > 0) t.equal(store.ready.hits - hits, isKept ? 2 : 1) // The offers are always kept.
    }
  })

  test('there is no ready answer about an unknown product', async (t, { store }) => {
    const { id } = await refreshed(store, 'mower', [])
    await readyProduct(store, id)
    await store.deleteProduct(id)
    await t.rejects(readyProduct(store, id), unknown)
    await t.rejects(
      store.readyOffers(id, (body) => ({ body, tag: '' })),
      unknown,
    )
  })
}
