import type { Test } from 'tap'
import type { HistoryWindow, ObservedOffer, Store } from '../../db/store.ts'
import { coverageOf, gapsOf } from '../../history/coverage.ts'
import { figuresOf, pointsOf } from '../../history/trend.ts'
import type { Change } from '../../schemas/change.ts'
import type { PriceRecord } from '../../schemas/export.ts'
import { toTime } from '../../schemas/to-time.ts'
import { DOWN } from '../helper.ts'
import {
  contractTests,
  DAY,
  type Fixture,
  INTERVAL,
  type OpenDatabase,
  offer,
  offersOf,
  refreshed,
  START,
} from './fixture.ts'

const HOUR = 60 * INTERVAL

/** The time of a minute after the test's start, epoch ms. */
const minute = (minutes: number) => START + minutes * INTERVAL

/** Polls a product at minutes after the start, each with what it found, or null where it failed. */
async function polls(
  { store, time }: Fixture,
  token: string,
  found: [minutes: number, offers: ObservedOffer[] | null][],
): Promise<void> {
  await store.settle(
    found.map(([minutes, offers]) => {
      const at = minute(minutes)
      const dueAt = at + INTERVAL
      return offers
        ? { type: 'refreshed', token, at, dueAt, offers }
        : { type: 'refresh-failed', token, at, dueAt, ...DOWN }
    }),
  )
  time.now = Math.max(time.now, ...found.map(([minutes]) => minute(minutes)))
}

const window = (from: number, to: number, byHour = false): HistoryWindow => ({
  from: minute(from),
  to: minute(to),
  byHour,
})

/** `[minute, price, stock]` of each point. */
const points = (history: { segments: Parameters<typeof pointsOf>[0] }) =>
  pointsOf(history.segments).map(({ at, price, itemsInStock }) => [
    (at - START) / INTERVAL,
    price,
    itemsInStock,
  ])

/** The figures that a rolled-up history tells as before. */
const exactly = ({ segments }: { segments: Parameters<typeof pointsOf>[0] }) => {
  const { mean, ...figures } = figuresOf(segments)
  return { ...figures, mean: Math.round(Number(mean)) }
}

/** The feed behind `after`, from as many answers as it takes. */
async function feed(store: Store, after: number): Promise<Change[]> {
  const { items, lastSeq } = await store.changes({ after, limit: 1000 })
  return items.length > 0 ? [...items, ...(await feed(store, lastSeq))] : items
}

async function collected<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = []
  for await (const batch of batches) all.push(...batch)
  return all
}

/** Compacts as if it were so many days later, until there is nothing left to do. */
async function compacted(store: Store, now: number, keptDays = 35): Promise<void> {
  const compaction = {
    rollBefore: Math.floor(now / DAY) * DAY,
    rawBefore: now - keptDays * DAY,
    changesBefore: now - 7 * DAY,
  }
  while (await store.compact(compaction));
}

/**
 * What `db/store.ts` promises of the history and of the change feed, as tests for an engine.
 */
export function historyContract(engine: string, database: (t: Test) => Promise<OpenDatabase>) {
  const { test, testAlone } = contractTests(engine, database)

  test('an offer has a segment for each price or stock that it had', async (t, f) => {
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 10, 5)])
    await polls(f, token, [
      [1, [offer('x', 10, 5)]],
      [2, [offer('x', 11, 5)]],
      [3, [offer('x', 11, 4)]],
      [4, null],
      [5, []],
      [6, [offer('x', 9, 7)]],
      [8, [offer('x', 9, 7)]],
    ])
    const all = await f.store.offerHistory(id, 'x', window(-9, 9))
    t.same(points(all), [
      [0, 10, 5],
      [2, 11, 5],
      [3, 11, 4],
      [5, null, null],
      [6, 9, 7],
    ])
    t.equal(all.segments.at(-1)?.until, minute(8), 'nothing is known of the future')
    t.same(points(await f.store.offerHistory(id, 'x', window(1, 2))), [
      [1, 10, 5],
      [2, 11, 5],
    ])
    t.same(points(await f.store.offerHistory(id, 'x', window(5, 5))), [[5, null, null]])
    t.same(points(await f.store.offerHistory(id, 'x', window(7, 7))), [[7, 9, 7]])
    t.same(points(await f.store.offerHistory(id, 'x', window(-9, -1))), [])
    t.same(points(await f.store.offerHistory(id, 'x', window(9, 12))), [])
  })

  test('a product has the lowest price in stock, with what is in stock at it', async (t, f) => {
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 10, 5), offer('y', 8, 0)])
    await polls(f, token, [
      [1, [offer('x', 10, 5), offer('y', 10, 2)]],
      [2, [offer('x', 10, 0), offer('y', 12, 2)]],
      [3, [offer('x', 10, 0), offer('y', 12, 0)]],
      [4, [offer('z', 7)]],
    ])
    const history = await f.store.productHistory(id, window(-9, 9))
    t.same(points(history), [
      [0, 10, 5],
      [1, 10, 7],
      [2, 12, 2],
      [3, null, null],
      [4, 7, 1],
    ])
    t.same(history.offers, [
      { id: 'x', first: 10, last: 10 },
      { id: 'y', first: 8, last: 12 },
      { id: 'z', first: 7, last: 7 },
    ])
    const later = await f.store.productHistory(id, window(4, 9))
    t.same(
      later.offers.map((one) => one.id),
      ['z'],
    )
  })

  test('what was never there is not found', async (t, f) => {
    const { id } = await refreshed(f.store, 'a', [])
    const gone = '019aa9f0-5c00-7000-8000-000000000001'
    const any = window(0, 1)
    t.same((await f.store.productHistory(id, any)).segments, [])
    await t.rejects(f.store.offerHistory(id, 'x', any), { code: 'OFFER_NOT_FOUND' })
    await t.rejects(f.store.offerHistory(gone, 'x', any), { code: 'PRODUCT_NOT_FOUND' })
    await t.rejects(f.store.productHistory(gone, any), { code: 'PRODUCT_NOT_FOUND' })
    await t.rejects(f.store.offersAt(gone, START), { code: 'PRODUCT_NOT_FOUND' })
    await t.rejects(collected(f.store.prices(any, gone)), { code: 'PRODUCT_NOT_FOUND' })
  })

  test('history goes on in order when the clock steps back', async (t, f) => {
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 10)], START)
    await polls(f, token, [
      [-5, [offer('x', 11)]],
      [-4, [offer('x', 12)]],
      [1, [offer('x', 13)]],
    ])
    const history = await f.store.offerHistory(id, 'x', window(-9, 9))
    t.same(
      history.segments.map(({ from, close }) => [from, close]),
      [
        [START, 10],
        [START + 1, 11],
        [START + 2, 12],
        [minute(1), 13],
      ],
    )
    t.equal((await f.store.product(id)).checked_at, toTime(minute(1)))
  })

  test('offers are told as they stood at a moment', async (t, f) => {
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 10, 5), offer('y', 12)])
    await polls(f, token, [
      [1, [offer('x', 10, 5), offer('y', 9)]],
      [2, [offer('x', 10, 4)]],
      [3, null],
    ])
    const at = async (minutes: number) => await f.store.offersAt(id, minute(minutes))
    const zero = toTime(START)
    const [one, two] = [toTime(minute(1)), toTime(minute(2))]
    const x = { id: 'x', price: 10, first_seen_at: zero, lowest_prior_30d: null }
    const y = { id: 'y', items_in_stock: 1, first_seen_at: zero }
    t.same(await at(-1), { items: [], checked_at: null, stale: true })
    t.same(await at(0.5), {
      items: [
        { ...x, items_in_stock: 5, changed_at: zero },
        { ...y, price: 12, changed_at: zero, lowest_prior_30d: null },
      ],
      checked_at: toTime(minute(0.5)),
      stale: false,
    })
    t.same((await at(1)).items, [
      { ...y, price: 9, changed_at: one, lowest_prior_30d: 12 },
      { ...x, items_in_stock: 5, changed_at: zero },
    ])
    t.same(await at(2.5), {
      items: [{ ...x, items_in_stock: 4, changed_at: two }],
      checked_at: two,
      stale: false,
    })
    t.same(await at(99), {
      items: [{ ...x, items_in_stock: 4, changed_at: two }],
      checked_at: two,
      stale: true,
    })
  })

  const reductions: [name: string, prices: [day: number, price: number | null][], number | null][] =
    [
      ['nothing was observed before', [[0, 90]], null],
      [
        'it rose',
        [
          [0, 80],
          [1, 90],
        ],
        null,
      ],
      [
        'it fell',
        [
          [0, 100],
          [1, 90],
        ],
        100,
      ],
      [
        'it was lower before it rose',
        [
          [0, 80],
          [5, 100],
          [10, 90],
        ],
        80,
      ],
      [
        'a second reduction during a sale looks back from its own start',
        [
          [0, 100],
          [5, 90],
          [9, 80],
        ],
        90,
      ],
      [
        'the price before counts though it is in force for long',
        [
          [0, 100],
          [100, 90],
        ],
        100,
      ],
      [
        'what ended 30 days before does not count',
        [
          [0, 80],
          [1, 100],
          [32, 90],
        ],
        100,
      ],
      [
        'what ended within 30 days does',
        [
          [0, 80],
          [2, 100],
          [31.5, 90],
        ],
        80,
      ],
      [
        'the window does not slide while it lasts',
        [
          [0, 80],
          [1, 100],
          [5, 90],
          [60, 90],
        ],
        80,
      ],
      [
        'time not on sale does not count',
        [
          [0, 80],
          [1, null],
          [40, 100],
          [41, 90],
        ],
        100,
      ],
      [
        'it comes back lower than it went, too late to compare',
        [
          [0, 80],
          [1, null],
          [40, 70],
        ],
        null,
      ],
      [
        'it comes back lower than it went',
        [
          [0, 80],
          [1, null],
          [20, 70],
        ],
        80,
      ],
      [
        'it comes back higher than it went',
        [
          [0, 80],
          [1, null],
          [20, 90],
        ],
        null,
      ],
      [
        'it ended in the hour in which the window begins',
        [
          [0, 80],
          [1 + 10 / 1440, null],
          [1 + 55 / 1440, 100],
          [31 + 20 / 1440, 90],
        ],
        100,
      ],
      [
        'it ended in that hour and was away for the rest of it',
        [
          [0, 80],
          [1 + 10 / 1440, null],
          [1 + 120 / 1440, 100],
          [31 + 20 / 1440, 90],
        ],
        100,
      ],
      [
        'it was still in force in that hour',
        [
          [0, 80],
          [1 + 30 / 1440, 100],
          [31 + 20 / 1440, 90],
        ],
        80,
      ],
      [
        'it comes back as it was, reduced',
        [
          [0, 80],
          [1, 70],
          [2, null],
          [20, 70],
        ],
        80,
      ],
    ]
  for (const [name, prices, expected] of reductions) {
    test(`the lowest prior price where ${name}`, async (t, f) => {
      const [first, ...rest] = prices
      const { id, token } = await refreshed(f.store, 'a', [offer('x', first?.[1] ?? 0)])
      await polls(
        f,
        token,
        rest.map(([day, price]) => [day * 24 * 60, price === null ? [] : [offer('x', price)]]),
      )
      const [now] = (await offersOf(f.store, id)).items
      t.equal(now?.lowest_prior_30d, expected)
      const [then] = (await f.store.offersAt(id, f.time.now)).items
      t.same(then, now)
    })
  }

  test('coverage is the runs of good polls', async (t, f) => {
    const { id, token } = await refreshed(f.store, 'a', [])
    const covered = async (from: number, to: number) => {
      const history = await f.store.productHistory(id, window(from, to))
      return coverageOf(history.covered, minute(from), minute(to))
    }
    await polls(f, token, [
      [2, []],
      [5, []],
      [6, null],
      [7, null],
      [8, []],
      [10, []],
    ])
    t.equal(await covered(0, 5), 1)
    t.equal(await covered(5, 8), 0)
    t.equal(await covered(0, 10), 0.7)
    t.equal(await covered(-10, 10), 0.35)
    // Longer than three intervals nobody looked.
    await polls(f, token, [
      [14, []],
      [16, []],
    ])
    t.equal(await covered(10, 14), 0)
    t.equal(await covered(9, 16), 3 / 7)
    f.time.now = minute(18)
    t.equal(await covered(16, 18), 1, 'the run goes on')
    await polls(f, token, [[18, null]])
    t.equal(await covered(16, 18), 0, 'it has ended')
    f.time.now = minute(30)
    t.equal(await covered(17, 30), 0)
    await polls(f, token, [
      [12, []],
      [13, []],
    ])
    t.equal(await covered(10, 16), 0.5, 'a clock that steps back covers nothing twice')
  })

  test('a pause of all polls is a gap, whether short or long', async (t, f) => {
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 1)])
    const pause = (since: number, until: number) =>
      f.store.pausePolls({ since: minute(since), until: minute(until) })
    const unchanged = async (minutes: number) => {
      f.time.now = minute(minutes)
      const at = f.time.now
      await f.store.settle([{ type: 'unchanged', token, at, dueAt: at + INTERVAL }])
    }
    async function gaps(from: number, to: number) {
      const { covered } = await f.store.productHistory(id, window(from, to))
      return gapsOf(covered, minute(from), minute(to)).map((gap) =>
        [gap.from, gap.to].map((at) => (at - START) / INTERVAL),
      )
    }
    await unchanged(1)
    await pause(1.5, 1.6)
    f.time.now = minute(1.55)
    t.same(await gaps(0, 1.55), [[1, 1.55]], 'it is on')
    await unchanged(2)
    await unchanged(3)
    t.same(await gaps(0, 3), [[1, 2]], 'nothing changed')
    await pause(3.5, 4)
    await polls(f, token, [
      [4.5, [offer('x', 2)]],
      [5, [offer('x', 3)]],
    ])
    t.same(await gaps(3, 5), [[3, 4.5]], 'a price changed')
    await pause(6, 12)
    await unchanged(13)
    await unchanged(14)
    t.same(await gaps(4.5, 14), [[5, 13]], 'it lasts for longer than three intervals')
    await pause(500, 510)
    await unchanged(15)
    t.same(await gaps(13, 15), [], 'it was before the clock was put back')
  })

  test('no coverage is lost or made up by a wrong clock', async (t, f) => {
    const { id, token } = await refreshed(f.store, 'a', [])
    const covered = async (from: number, to: number) => {
      const history = await f.store.productHistory(id, window(from, to))
      return coverageOf(history.covered, minute(from), minute(to))
    }
    const good = (from: number, to: number) =>
      polls(
        f,
        token,
        Array.from({ length: to - from + 1 }, (_, index) => [from + index, []]),
      )
    await good(0, 30)
    await polls(f, token, [[0, null]]) // It is behind, for minutes.
    await good(10, 12)
    await good(31, 40)
    t.equal(await covered(0, 30), 1)
    t.equal(await covered(15, 30), 1, 'within the run that was under way')
    t.equal(await covered(30, 40), 0.9, 'the first poll after it begins a run')
    await good(29, 33)
    await good(41, 45)
    t.equal(await covered(0, 40), 1, 'runs that overlap are one')
    await good(1000, 1001) // It is ahead, for a minute.
    await good(46, 47)
    f.time.now = minute(47)
    t.equal(await covered(0, 47), 45 / 47)
    t.equal(await covered(0, 2000), 45 / 2000, 'nobody has looked in the future')
    t.equal(await covered(1000, 1001), 0)
    f.time.now = minute(1001)
    t.equal(await covered(1000, 1001), 1, 'somebody had, as far as is known')
  })

  test('a product that was forgotten was not looked at', async (t, f) => {
    const { id, token } = await refreshed(f.store, 'a', [])
    await f.store.settle([{ type: 'forgotten', token, at: minute(1), dueAt: minute(1), ...DOWN }])
    await polls(f, token, [[2, []]])
    t.same((await f.store.productHistory(id, window(0, 2))).covered, [
      { since: START, until: START },
      { since: minute(2), until: minute(2) },
    ])
  })

  test('every change has its place in the feed', async (t, f) => {
    const { store } = f
    const before = store.lastSeq
    const heard: number[] = []
    const remove = store.onChanges((lastSeq) => heard.push(lastSeq))
    const { id, token } = await refreshed(store, 'a', [offer('x', 10, 5)])
    await store.updateProduct(id, { name: 'b' })
    await store.updateProduct(id, { name: 'b' })
    await polls(f, token, [
      [1, [offer('x', 10, 5)]],
      [2, [offer('x', 9, 4), offer('y', 7, 0)]],
      [3, [offer('x', 9, 3)]],
      [4, null],
    ])
    await store.settle([{ type: 'registered', token, at: minute(5) }])
    await store.settle([{ type: 'forgotten', token, at: minute(6), dueAt: minute(6), ...DOWN }])
    await store.settle([{ type: 'registered', token, at: minute(7) }])
    f.time.now = minute(8)
    await store.deleteProduct(id)
    remove()

    const x = { product_id: id, offer_id: 'x' }
    const y = { product_id: id, offer_id: 'y' }
    const expected: Omit<Change, 'seq'>[] = [
      { at: toTime(START), type: 'product.created', product_id: id },
      { at: toTime(START), type: 'product.registered', product_id: id },
      { at: toTime(START), type: 'offer.listed', ...x, price: 10, items_in_stock: 5 },
      { at: toTime(START), type: 'product.updated', product_id: id },
      {
        ...{ at: toTime(minute(2)), type: 'offer.price_changed', ...x },
        ...{ price: 9, previous_price: 10, items_in_stock: 4, previous_items_in_stock: 5 },
      },
      { at: toTime(minute(2)), type: 'offer.listed', ...y, price: 7, items_in_stock: 0 },
      {
        ...{ at: toTime(minute(3)), type: 'offer.stock_changed', ...x },
        ...{ items_in_stock: 3, previous_items_in_stock: 4 },
      },
      {
        ...{ at: toTime(minute(3)), type: 'offer.delisted', ...y },
        ...{ previous_price: 7, previous_items_in_stock: 0 },
      },
      { at: toTime(minute(7)), type: 'product.registered', product_id: id },
      { at: toTime(minute(8)), type: 'product.deleted', product_id: id },
    ]
    const all = expected.map((change, index) => ({ seq: before + index + 1, ...change }))
    t.same(await feed(store, before), all)
    t.equal(store.lastSeq, before + all.length)
    t.equal(heard.at(-1), store.lastSeq)
    t.same(
      heard,
      [...new Set(heard)].sort((a, b) => a - b),
      'once for each commit with changes',
    )

    const query = { after: before, limit: 100 }
    t.same((await store.changes({ ...query, productId: id })).items, all)
    const listed = await store.changes({ ...query, type: 'offer.listed' })
    t.same(listed, { items: [all[2], all[5]], lastSeq: store.lastSeq })
    for (const limit of [1, 2, 5]) {
      const read: Change[] = []
      let after = before
      while (after < store.lastSeq) {
        const page = await store.changes({ after, limit })
        t.ok(page.items.length <= limit)
        read.push(...page.items)
        after = page.lastSeq
      }
      t.same(read, all)
    }
    const unknown = '019aa9f0-5c00-7000-8000-000000000001'
    t.same(await store.changes({ ...query, productId: unknown }), {
      items: [],
      lastSeq: store.lastSeq,
    })
    const ahead = await store.changes({ after: store.lastSeq + 10, limit: 1 })
    t.same(ahead, { items: [], lastSeq: store.lastSeq })
  })

  test('a long feed is read in parts, also where few changes fit', async (t, { store }) => {
    const before = store.lastSeq
    await store.createProducts(Array.from({ length: 9000 }, (_, n) => ({ name: `p${n}` })))
    const { items } = await store.products({ sort: '-created_at', words: [], limit: 1 })
    const productId = items[0]?.id ?? ''
    let after = before
    let answers = 0
    const found: Change[] = []
    while (after < store.lastSeq) {
      const page = await store.changes({ after, productId, limit: 10 })
      found.push(...page.items)
      t.ok(page.lastSeq > after)
      after = page.lastSeq
      answers += 1
    }
    t.match(found, [{ type: 'product.created', seq: store.lastSeq }])
    t.ok(answers > 1)
    while ((await store.totals()).products > 0) {
      const page = await store.products({ sort: 'created_at', words: [], limit: 200 })
      await Promise.all(page.items.map(({ id }) => store.deleteProduct(id)))
    }
  })

  testAlone('the feed goes on where it was after a restart', async (t, f) => {
    await f.store.createProduct({ name: 'a' })
    t.equal(f.store.lastSeq, 1)
    await f.store.close()
    const again = await f.open()
    t.equal(again.lastSeq, 1)
    await again.createProduct({ name: 'b' })
    t.same(
      (await feed(again, 0)).map(({ seq }) => seq),
      [1, 2],
    )
  })

  testAlone('changes leave the feed when they are old, and their places stay', async (t, f) => {
    const { store, time } = f
    const { id } = await refreshed(store, 'a', [offer('x', 1)])
    await store.deleteProduct(id)
    time.now = START + 8 * DAY
    await store.createProduct({ name: 'b' })
    const last = store.lastSeq
    await compacted(store, time.now)
    t.equal(store.lastSeq, last)
    await t.rejects(store.changes({ after: 0, limit: 1 }), {
      code: 'CHANGES_COMPACTED',
      message: `The changes after 0 are gone; those after ${last - 1} are kept`,
    })
    t.match((await store.changes({ limit: 10 })).items, [{ seq: last, type: 'product.created' }])
    t.match(await store.changes({ after: last - 1, limit: 9, productId: id }), { items: [] })
    time.now += 8 * DAY
    await compacted(store, time.now)
    t.same(await store.changes({ limit: 10 }), { items: [], lastSeq: last })
    await store.close()
    const again = await f.open()
    t.equal(again.lastSeq, last, 'also when the feed is empty')
    await again.createProduct({ name: 'c' })
    t.equal(again.lastSeq, last + 1)
  })

  test('a gap is exported although the first poll of all lies in the future', async (t, f) => {
    const { id, token } = await refreshed(f.store, 'a', [], minute(30))
    await polls(f, token, [[1, []]]) // The clock was ahead, and is put back.
    f.time.now = minute(9)
    const records = await collected(f.store.prices({ from: START, to: minute(9) }, id))
    t.match(records, [{ event: 'gap', at: toTime(minute(1)), until: toTime(minute(9)) }])
    t.equal(records.length, 1)
  })

  test('a deleted product takes its history along', async (t, f) => {
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 10)])
    await polls(f, token, [[1, [offer('x', 9)]]])
    await f.store.deleteProduct(id)
    t.same(await collected(f.store.prices({ from: START, to: minute(9) })), [])
    await f.store.settle([
      { type: 'refreshed', token, at: minute(2), dueAt: minute(3), offers: [offer('x', 5)] },
    ])
    t.same(await collected(f.store.prices({ from: START, to: minute(9) })), [])
  })

  test('everything that was observed in a window is exported', async (t, f) => {
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 10, 5), offer('y', 12)])
    const other = await refreshed(f.store, 'b', [offer('z', 1)])
    await polls(f, token, [
      [1, [offer('x', 10, 5), offer('y', 9)]],
      [2, null],
      [3, [offer('x', 10, 4)]],
      [4, [offer('x', 10, 4), offer('w', 8)]],
    ])
    const none = { offer_id: null, price: null, items_in_stock: null, until: null }
    const line = (event: PriceRecord['event'], at: number, more: Partial<PriceRecord>) => ({
      ...{ product_id: id, ...none, at: toTime(minute(at)), event },
      ...more,
    })
    const stock = (offer_id: string, price: number, items_in_stock: number) => ({
      offer_id,
      price,
      items_in_stock,
    })
    t.same(await collected(f.store.prices({ from: minute(0.5), to: minute(3.5) }, id)), [
      line('gap', 1, { until: toTime(minute(3)) }),
      line('in_force', 0.5, stock('x', 10, 5)),
      line('in_force', 0.5, stock('y', 12, 1)),
      line('changed', 1, stock('y', 9, 1)),
      line('changed', 3, stock('x', 10, 4)),
      line('delisted', 3, { offer_id: 'y' }),
    ])
    const all = await collected(f.store.prices({ from: START - DAY, to: minute(99) }))
    t.match(
      all.filter(({ event }) => event !== 'gap').map(({ offer_id, event }) => [offer_id, event]),
      [
        ['x', 'listed'],
        ['y', 'listed'],
        ['y', 'changed'],
        ['x', 'changed'],
        ['y', 'delisted'],
        ['w', 'listed'],
        ['z', 'listed'],
      ],
    )
    t.equal(all.at(-1)?.product_id, other.id)
  })

  testAlone('the feed gives up what is old by the clock that is now', async (t, f) => {
    const { store, time } = f
    const after = store.lastSeq
    const { id } = await store.createProduct({ name: 'a' })
    /** The days at which the changes that are kept were made, once those of more than 7 days ago are gone. */
    async function kept(day: number): Promise<number[]> {
      time.now = START + day * DAY
      const changesBefore = time.now - 7 * DAY
      while (await store.compact({ rollBefore: 0, rawBefore: 0, changesBefore }));
      const { items } = await store.changes({ limit: 100 })
      const own = items.filter(({ seq }) => seq > after)
      return own.map(({ at }) => (Date.parse(at) - START) / DAY)
    }
    async function change(day: number): Promise<void> {
      time.now = START + day * DAY
      await store.updateProduct(id, { name: `${day}` })
    }
    await change(1) // The clock is ahead, and back.
    await change(0.1)
    await change(2)
    await change(-30) // It is behind, and put right.
    await change(3)
    t.same(await kept(7), [0, 1, 0.1, 2, -30, 3])
    t.same(await kept(7.05), [1, 0.1, 2, -30, 3])
    t.same(await kept(7.2), [1, 0.1, 2, -30, 3], 'what is younger, and everything after it')
    t.same(await kept(8.5), [2, -30, 3])
    await change(40)
    await change(9)
    t.same(await kept(11), [40, 9], 'what is in the future tells nothing')
    t.same(await kept(17), [], 'and is as old as what follows it')
  })

  test('the lowest prices of now are compared with those of then', async (t, f) => {
    const a = await refreshed(f.store, 'a', [offer('x', 10)])
    const b = await refreshed(f.store, 'b', [offer('x', 10)])
    await refreshed(f.store, 'never', [])
    await polls(f, a.token, [
      [60, [offer('x', 20)]],
      [120, [offer('x', 15)]],
    ])
    await polls(f, b.token, [[60, []]])
    const since = async (minutes: number) => await collected(f.store.lowestChanges(minute(minutes)))
    t.same(await since(90), [{ productId: a.id, name: 'a', first: 20, last: 15 }])
    t.match(await since(-90), [{ first: 10, last: 15 }])
    f.time.now = minute(-60)
    t.same(await since(-90), [], 'the clock stepped back: that is the future')
  })

  test('a history that was rolled up tells the same by the hour', async (t, f) => {
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 100, 5), offer('y', 300)])
    const days = 40
    const found: [number, ObservedOffer[]][] = []
    for (let hour = 1; hour < days * 24; hour += 1) {
      const price = 100 + ((hour * 37) % 41)
      const y = hour > 500 && hour < 700 ? [] : [offer('y', 300)]
      found.push([hour * 60 + 7, [offer('x', price, hour % 9), ...y]])
      if (hour % 5 === 0) found.push([hour * 60 + 20, [offer('x', price - 20, 1), ...y]])
    }
    await polls(f, token, found)
    const end = f.time.now
    const windows: [number, number][] = [
      [-600, days * 1440],
      [3 * 60, 20 * 1440],
      [10 * 60, 11 * 60],
      [30 * 1440, 39 * 1440],
    ]
    const figures = async () =>
      await Promise.all(
        windows.flatMap(([from, to]) =>
          [false, true].map(async (byHour) => {
            const x = await f.store.offerHistory(id, 'x', window(from, to, byHour))
            const product = await f.store.productHistory(id, window(from, to, byHour))
            const y = await f.store.offerHistory(id, 'y', window(from, to, byHour))
            return [exactly(x), exactly(product), exactly(y), product.offers]
          }),
        ),
      )
    const before = await figures()
    const moments = [3, 25, 501, 600, 701].map((hour) => START + hour * HOUR + 59 * INTERVAL)
    const offersAt = async () =>
      await Promise.all(
        moments.map(async (at) =>
          (await f.store.offersAt(id, at)).items.map(({ changed_at: _, ...rest }) => rest),
        ),
      )
    const then = await offersAt()
    const lowest = await collected(f.store.lowestChanges(START + 10 * HOUR))
    await compacted(f.store, end, 1)
    t.same(await figures(), before)
    t.same(await offersAt(), then)
    t.same(await collected(f.store.lowestChanges(START + 10 * HOUR)), lowest)

    // Of an hour of which only a summary is left, it counts how it ended.
    for (const hours of [30.5, 600.5]) {
      const { offers } = await f.store.productHistory(id, window(hours * 60, hours * 60))
      const { items } = await f.store.offersAt(id, START + hours * HOUR)
      t.same(
        offers.map(({ id, first }) => ({ id, price: first })),
        items.map(({ id, price }) => ({ id, price })),
      )
    }

    const records = await collected(f.store.prices({ from: START + HOUR, to: START + 3.5 * HOUR }))
    t.same(
      records
        .filter(({ event }) => event !== 'gap')
        .map(({ offer_id, at, event }) => [offer_id, Date.parse(at) - START, event]),
      [
        ['x', HOUR, 'in_force'],
        ['x', 2 * HOUR, 'hour'],
        ['x', 3 * HOUR, 'hour'],
        ['y', HOUR, 'in_force'],
      ],
    )
    const points = [
      ...pointsOf((await f.store.offerHistory(id, 'y', window(0, days * 1440))).segments),
    ]
    t.same(
      points.map(({ price }) => price),
      [300, null, 300],
    )
  })
}
