import { randomUUIDv7 } from 'node:crypto'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import Database from 'better-sqlite3'
import t from 'tap'
import { openStore } from '../../../db/open.ts'
import type { ObservedOffer, Outcome, Store } from '../../../db/store.ts'
import { ceilTo, DAY_MS, floorTo, HOUR_MS, MINUTE_MS } from '../../../history/time.ts'
import { bucketsOf, figuresOf } from '../../../history/trend.ts'
import type { ProductOffers } from '../../../schemas/offer.ts'
import { toTime } from '../../../schemas/to-time.ts'
import { DOWN, temporaryFolder } from '../../helper.ts'
import { randomOf } from '../../random.ts'

/** Polls are at full hours too. */
const NOW = Date.UTC(2026, 5, 15, 13)
const BEGIN = NOW - 100 * DAY_MS
const CUT = NOW - 35 * DAY_MS
const COMPACTION = {
  rollBefore: floorTo(NOW - HOUR_MS, DAY_MS),
  rawBefore: CUT,
  changesBefore: NOW - 7 * DAY_MS,
}

/** From a full hour on: within one that is rolled up, less is known. */
const WINDOW = { from: NOW - 90 * DAY_MS, to: NOW }

/** Far more steps than there are to do. */
const MAX_STEPS = 1_000

const randomInt = randomOf(1)

/** What a product has on sale, by what it had before and the day, and after how long it is polled. */
type Market = [pollMs: number, (before: ObservedOffer[], day: number) => ObservedOffer[]]

const offer = (id: string, price: number, items_in_stock = 1) => ({ id, price, items_in_stock })

const MARKETS: Record<string, Market> = {
  /** Every price moves, stocks run out, and each offer is away now and then, for hours. */
  lively: [
    30 * MINUTE_MS,
    (_, day) =>
      ['a', 'b', 'c']
        .filter((_, index) => (day + index) % 3.7 < 3.4)
        .map((id) => offer(id, 10_000 + randomInt(5_000), randomInt(3))),
  ],
  /** Now and then the price changes, or the stock alone. */
  calm: [
    6 * HOUR_MS,
    (before, day) =>
      day % 2 > 0 ? before : [offer('a', 10_000 + randomInt(2) * 100, 1 + randomInt(9))],
  ],
  /** The price changes each day, but for more than sixty days in the middle. */
  steady: [
    6 * HOUR_MS,
    (before, day) => (day > 25 && day < 90 ? before : [offer('a', 10_000 + Math.floor(day))]),
  ],
  /** Nothing ever changes. */
  fixed: [6 * HOUR_MS, () => [offer('a', 10_000)]],
  /** It is on sale on the first days alone. */
  gone: [6 * HOUR_MS, (_, day) => (day < 15 ? [offer('a', 9_000 + Math.floor(day))] : [])],
}

interface Product {
  name: string
  token: string
  id: string
}

const folder = await temporaryFolder(t)

const time = { now: BEGIN }

async function open(path: string): Promise<Store> {
  const store = await openStore(`file:${path}`, {
    clock: () => time.now,
    newId: randomUUIDv7,
    staleAfterMs: 12 * HOUR_MS,
  })
  t.teardown(() => store.close())
  return store
}

/** Creates products that are registered. */
async function create(store: Store, names: string[], description = ''): Promise<Product[]> {
  await store.createProducts(names.map((name) => ({ name, description })))
  const tasks = await store.takeRegistrations(Number.POSITIVE_INFINITY, names.length)
  await store.settle(tasks.map(({ token }) => ({ type: 'registered', token, at: time.now })))
  return tasks
}

/** A hundred days of polls of a product, some of which failed. */
function outcomesOf({ name, token }: Product): (Outcome & { at: number })[] {
  const [pollMs, market] = MARKETS[name] ?? [DAY_MS, () => []]
  let offers: ObservedOffer[] = []
  return Array.from({ length: (NOW - BEGIN) / pollMs + 1 }, (_, poll) => {
    const at = BEGIN + poll * pollMs
    const dueAt = NOW + DAY_MS
    if (poll % 111 === 110) return { type: 'refresh-failed', token, at, dueAt, ...DOWN }
    offers = market(offers, (at - BEGIN) / DAY_MS)
    return { type: 'refreshed', token, at, dueAt, offers }
  })
}

async function fill(store: Store, products: Product[]): Promise<void> {
  const outcomes = products.flatMap(outcomesOf).sort((a, b) => a.at - b.at)
  for (let n = 0; n < outcomes.length; n += 4_000) await store.settle(outcomes.slice(n, n + 4_000))
}

/** Compacts step by step, up to `most` steps. Returns their number. */
async function compact(store: Store, most = MAX_STEPS): Promise<number> {
  let steps = 1
  while (steps <= most && (await store.compact(COMPACTION))) steps += 1
  return steps
}

/** The histories over the window of the lowest price of a product and of the price of each offer. */
async function histories(store: Store, { id }: Product, byHour: boolean) {
  const window = { ...WINDOW, byHour }
  const product = await store.productHistory(id, window)
  const offers = product.offers.map((offer) => store.offerHistory(id, offer.id, window))
  return [product, ...(await Promise.all(offers))]
}

/** The figures of each price over the window; in the hour of the cut the mean is estimated. */
async function figures(store: Store, product: Product) {
  const all = (await histories(store, product, false)).map(({ segments }) => figuresOf(segments))
  return {
    exact: all.map(({ mean, ...exact }) => exact),
    means: all.map(({ mean }) => Number(mean)),
  }
}

const days = async (store: Store, product: Product) =>
  (await histories(store, product, true)).map(({ segments }) => [...bucketsOf(segments, DAY_MS)])

/** Without `changed_at`, since an hour does not say when in it an offer changed. */
const timeless = ({ items, ...checked }: ProductOffers) => ({
  items: items.map(({ changed_at, ...offer }) => offer),
  ...checked,
})

/** Runs a query on a database that may be open elsewhere. */
function query(path: string, sql: string): unknown[] {
  const db = new Database(path, { readonly: true })
  try {
    return db.prepare(sql).raw().all()
  } finally {
    db.close()
  }
}

const bytesOf = (path: string, table: string) =>
  Number(query(path, `SELECT pgsize FROM dbstat WHERE name = '${table}' AND aggregate = 1`)[0])

const pagesOf = (name: string) => Number(query(path(name), 'PRAGMA page_count')[0])

const path = (name: string) => join(folder, `${name}.db`)
const full = await open(path('full'))
const products = await create(full, Object.keys(MARKETS))
await fill(full, products)
time.now = NOW
// Pages that are free: too few give nothing back.
const many = Array.from({ length: 200 }, () => 'deleted')
const deleted = await create(full, many, 'long '.repeat(1_500))
await Promise.all(deleted.map(({ id }) => full.deleteProduct(id)))
for (const name of ['compacted', 'interrupted', 'disturbed']) {
  await copyFile(path('full'), path(name))
  await copyFile(`${path('full')}-wal`, `${path(name)}-wal`)
}

const compacted = await open(path('compacted'))
const steps = await compact(compacted)

t.test('compaction comes to an end, after which there is nothing to do', async (t) => {
  t.ok(steps > 10 && steps < MAX_STEPS, `${steps} steps`)
  t.notOk(await compacted.compact(COMPACTION))
})

for (const product of products) {
  const { name, id } = product
  t.test(`${name}: change, low, high and mean over 90 days stay as they were`, async (t) => {
    const before = await figures(full, product)
    const after = await figures(compacted, product)
    t.same(after.exact, before.exact)
    for (const [index, mean] of before.means.entries()) {
      t.ok(Math.abs((after.means[index] ?? 0) - mean) <= mean / 1_000, `${mean}`)
    }
  })

  t.test(`${name}: so do its days`, async (t) => {
    const before = await days(full, product)
    t.same(await days(compacted, product), before)
    for (const ofPrice of before) t.equal(ofPrice.length, 91)
  })

  t.test(`${name}: the offers of a moment after the cut are kept in full`, async (t) => {
    for (let at = CUT; at <= NOW; at += 31 * HOUR_MS + MINUTE_MS) {
      t.same(await compacted.offersAt(id, at), await full.offersAt(id, at), toTime(at))
    }
  })

  t.test(`${name}: those of a moment before it are as its hour left them`, async (t) => {
    for (let at = BEGIN + MINUTE_MS; at < CUT - 2 * DAY_MS; at += 47 * HOUR_MS + 11 * MINUTE_MS) {
      const { items } = await full.offersAt(id, ceilTo(at, HOUR_MS) - 1)
      const expected = timeless({ ...(await full.offersAt(id, at)), items })
      t.same(timeless(await compacted.offersAt(id, at)), expected, toTime(at))
    }
  })
}

t.test('a price that did not change for sixty days stays known', async (t) => {
  const { id = '' } = products.find(({ name }) => name === 'steady') ?? {}
  for (const day of [26, 60, 64, 66, 89]) {
    const { items } = await compacted.offersAt(id, BEGIN + day * DAY_MS)
    t.match(items, [{ id: 'a', price: 10_025 }], `day ${day}`)
  }
})

t.test('deleted history leaves the file', async (t) => {
  for (const [table, share] of [
    ['history', 1 / 2],
    ['changes', 1 / 4],
  ] as const) {
    const [before, after] = [bytesOf(path('full'), table), bytesOf(path('compacted'), table)]
    t.ok(after < before * share, `${table}: of ${before} bytes there are ${after}`)
  }
  const [before, after] = [pagesOf('full'), pagesOf('compacted')]
  t.ok(after < before * 0.6, `of ${before} pages there are ${after}`)
})

t.test('compaction that was interrupted and resumed has the same result', async (t) => {
  const store = await open(path('interrupted'))
  t.equal(await compact(store, 2), 3, 'there is more to do')
  await store.close()
  await compact(await open(path('interrupted')))
  for (const table of ['rollups', 'changes', 'coverage', 'deleted_products', 'history']) {
    const rows = query(path('compacted'), `SELECT * FROM ${table}`)
    t.ok(isDeepStrictEqual(query(path('interrupted'), `SELECT * FROM ${table}`), rows), table)
  }
})

t.test('a product that is deleted in the middle of it does not disturb it', async (t) => {
  const store = await open(path('disturbed'))
  const [lively, ...others] = products
  t.equal(await compact(store, 2), 3, 'there is more to do')
  await store.deleteProduct(lively?.id ?? '')
  t.ok((await compact(store)) < MAX_STEPS)
  for (const product of others) {
    t.same(await days(store, product), await days(full, product), product.name)
  }
  const left = `SELECT DISTINCT product_key FROM rollups`
  t.equal(query(path('disturbed'), left).length, others.length)
})
