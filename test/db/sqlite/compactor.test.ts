import { randomUUIDv7 } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { StoreDamaged, StoreUnavailable } from '../../../db/errors.ts'
import { openStore } from '../../../db/open.ts'
import { Compactor } from '../../../db/sqlite/compactor.ts'
import type { CompactionReader } from '../../../db/sqlite/history/compaction.ts'
import type { Compaction, Outcome, Store } from '../../../db/store.ts'
import { DAY_MS, MINUTE_MS } from '../../../history/time.ts'
import { temporaryFolder } from '../../helper.ts'
import { createAll } from '../create-all.ts'

const NOW = Date.UTC(2026, 5, 15)
const NOTHING: Compaction = { rollBefore: 0, rawBefore: 0, changesBefore: 0 }

t.test('the kinds of work take turns while there is some of each', async (t) => {
  const left = { rolls: 4, changes: 2, keys: 1, pages: 3 }
  const reader: CompactionReader = {
    productToRollUp: () => (left.rolls > 0 ? 1 : undefined),
    productWithPolls: () => ({ product: undefined, last: undefined }),
    productWithoutExtremes: () => ({ product: undefined, last: undefined }),
    hasChanges: () => left.changes > 0,
    hasOldKeys: () => left.keys > 0,
    segments: () => 0,
    hasFreePages: () => left.pages > 0,
  }
  const done: string[] = []
  const call = async (name: string) => {
    done.push(name)
    if (name === 'compactHistory') left.rolls -= 1
    if (name === 'compactChanges') left.changes -= 1
    if (name === 'sweepKeys') left.keys -= 1
    if (name === 'releasePages') left.pages -= 1
    return left.rolls > 2
  }
  const writer = { call } as unknown as ConstructorParameters<typeof Compactor>[1]
  const compactor = new Compactor(
    (question) => question(reader),
    writer,
    () => NOW,
  )
  while (await compactor.step(NOTHING));
  t.strictSame(done, [
    ...['compactHistory', 'compactChanges', 'sweepKeys', 'releasePages'],
    ...['compactHistory', 'compactChanges', 'releasePages'],
    ...['compactHistory', 'releasePages', 'compactHistory'],
  ])
})

t.test(
  'a product whose compaction fails is tried again, unless its history is damaged',
  async (t) => {
    const tried: number[] = []
    const reader: CompactionReader = {
      productToRollUp: (_, damaged) => [1, 2].find((key) => !damaged.has(key)),
      productWithPolls: () => ({ product: undefined, last: undefined }),
      productWithoutExtremes: () => ({ product: undefined, last: undefined }),
      hasChanges: () => false,
      hasOldKeys: () => false,
      segments: () => 0,
      hasFreePages: () => false,
    }
    const failures = [
      new StoreUnavailable('busy'),
      new StoreDamaged(['history'], 'malformed', 'restore it'),
    ]
    const call = async (_name: string, { key }: { key: number }) => {
      tried.push(key)
      const failure = failures.shift()
      if (failure) throw failure
      return false
    }
    const writer = { call } as unknown as ConstructorParameters<typeof Compactor>[1]
    const compactor = new Compactor(
      (question) => question(reader),
      writer,
      () => NOW,
    )
    await t.rejects(compactor.step(NOTHING), { message: 'The store is unavailable' })
    t.ok(await compactor.step(NOTHING))
    t.ok(await compactor.step(NOTHING))
    t.strictSame(tried, [1, 1, 2])
  },
)

t.test('extremes that cannot be completed are skipped if the store is available', async (t) => {
  const tried: number[] = []
  const reader: CompactionReader = {
    productToRollUp: () => undefined,
    productWithPolls: () => ({ product: undefined, last: undefined }),
    productWithoutExtremes: (after) => ({ product: [1, 2].find((key) => key > after), last: 2 }),
    hasChanges: () => false,
    hasOldKeys: () => false,
    segments: () => 0,
    hasFreePages: () => false,
  }
  const failures = [
    new StoreDamaged(['history'], 'malformed', 'restore it'),
    new StoreUnavailable('busy'),
  ]
  const call = async (_name: string, { key }: { key: number }) => {
    tried.push(key)
    throw failures.shift()
  }
  const writer = { call } as unknown as ConstructorParameters<typeof Compactor>[1]
  const compactor = new Compactor(
    (question) => question(reader),
    writer,
    () => NOW,
  )
  const all = async () => {
    while (await compactor.step(NOTHING));
  }
  await t.rejects(all(), { message: 'The store is unavailable' })
  t.strictSame(tried, [1, 2])
})

t.test(
  'segments of the full-text index are merged a step a second, as long as that helps',
  async (t) => {
    let segments = 5
    let now = NOW
    const reader: CompactionReader = {
      productToRollUp: () => undefined,
      productWithPolls: () => ({ product: undefined, last: undefined }),
      productWithoutExtremes: () => ({ product: undefined, last: undefined }),
      hasChanges: () => false,
      hasOldKeys: () => false,
      segments: () => segments,
      hasFreePages: () => false,
    }
    const merges: boolean[] = [true, false, false]
    const call = async () => merges.shift()
    const writer = { call } as unknown as ConstructorParameters<typeof Compactor>[1]
    const compactor = new Compactor(
      (question) => question(reader),
      writer,
      () => now,
    )
    async function left(): Promise<number> {
      while (await compactor.step(NOTHING));
      return merges.length
    }
    t.equal(await left(), 2, 'one in this second')
    now += 1000
    t.equal(await left(), 1)
    now -= DAY_MS
    t.equal(await left(), 1, 'the last one could not merge any more')
    segments = 6
    t.equal(await left(), 0, 'also where the clock was put back')
    segments = 4
    now += 1000
    merges.push(true)
    t.equal(await left(), 1, 'so few are left as they are')
  },
)

interface Opened {
  store: Store
  path: string
}

/** A store on a file whose clock stands at `NOW`. */
async function open(t: Test, path: string): Promise<Opened> {
  const options = { clock: () => NOW, newId: randomUUIDv7, staleAfterMs: DAY_MS }
  const store = await openStore(`file:${path}`, options)
  t.teardown(() => store.close())
  return { store, path }
}

const openNew = async (t: Test) => open(t, join(await temporaryFolder(t), 'test.db'))

/** Creates products whose price changed each minute for ten hours, this many days ago. */
async function fill({ store }: Opened, products: number, daysAgo: number): Promise<void> {
  await store.createProducts(Array.from({ length: products }, (_, n) => ({ name: `${n}` })))
  const tasks = await store.takeRegistrations(Number.POSITIVE_INFINITY, products)
  const begin = NOW - daysAgo * DAY_MS
  for (const { token } of tasks) {
    const polls = Array.from({ length: 600 }, (_, n): Outcome => {
      const offers = [{ id: 'a', price: 1000 + ((n * 61) % 997), items_in_stock: 1 }]
      return { type: 'refreshed', token, at: begin + n * MINUTE_MS, dueAt: NOW, offers }
    })
    await store.settle([{ type: 'registered', token, at: begin }, ...polls])
  }
}

async function compact({ store }: Opened, rawDays: number): Promise<void> {
  const rawBefore = NOW - rawDays * DAY_MS
  while (await store.compact({ rollBefore: NOW, rawBefore, changesBefore: 0 }));
}

/** How many chunks each product has. */
function chunksIn({ path }: Opened): number[] {
  const db = new Database(path, { readonly: true })
  const counts = db.prepare('SELECT count(*) FROM history GROUP BY product_key').pluck().all()
  db.close()
  return counts.map(Number)
}

t.test('fewer days of raw history take effect at the next start, not the next day', async (t) => {
  const opened = await openNew(t)
  await fill(opened, 3, 20)
  await compact(opened, 35)
  const before = chunksIn(opened)
  t.ok(before.every((chunks) => chunks > 4))
  await opened.store.close()

  const again = await open(t, opened.path)
  await compact(again, 35)
  t.strictSame(chunksIn(again), before, 'as many days')
  await again.store.close()

  const fewer = await open(t, opened.path)
  await compact(fewer, 7)
  // The hour in which the last chunk begins is kept whole.
  t.ok(chunksIn(fewer).every((chunks) => chunks <= 2))
})

t.test('old polls are found for the first and for the last of many products', async (t) => {
  const opened = await openNew(t)
  await fill(opened, 1, 20)
  await opened.store.createProducts(Array.from({ length: 600 }, () => ({ name: 'never polled' })))
  await fill(opened, 1, 20)
  await compact(opened, 35)
  await compact(opened, 7)
  t.ok(chunksIn(opened).every((chunks) => chunks <= 2))
})

t.test('a file with free pages shrinks while it is open', async (t) => {
  const opened = await openNew(t)
  const { store, path } = opened
  const long = Array.from({ length: 1000 }, () => ({ name: 'a', description: 'long '.repeat(900) }))
  const products = await createAll(store, long)
  await Promise.all(products.map(({ id }) => store.deleteProduct(id)))
  const before = statSync(path).size + statSync(`${path}-wal`).size
  await compact(opened, 35)
  await store.check() // It is behind what was given back.
  const { size } = statSync(path)
  t.ok(size < before / 3, `of ${before} bytes the file has ${size}`)
})
