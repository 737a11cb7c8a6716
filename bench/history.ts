/**
 * Measures the history of prices: what a change takes in the database (`size`); how fast fifteen
 * million changes are written (`fill`), read (`speed`), searched for `movers` and exported (`export`),
 * and what that does to others; and what retention costs, gives back and leaves as it was
 * (`retention`). All of them, or some:
 *
 *     node bench/history.ts --step fill --step speed
 *
 * `--scale 0.1` takes a tenth of the polls, to try it out. `--database FILE` keeps the large database
 * of `fill`, and takes it as it is where it is there already.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { randomUUIDv7 } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { buildApp, realEnvironment } from '../app.ts'
import { readConfig } from '../config/config.ts'
import { openStore } from '../db/open.ts'
import type { ObservedOffer, Outcome, Store } from '../db/store.ts'
import { coverageOf } from '../history/coverage.ts'
import { DAY_MS, floorTo, HOUR_MS, MINUTE_MS } from '../history/time.ts'
import { bucketsOf, figuresOf } from '../history/trend.ts'
import type { ProductOffers } from '../schemas/offer.ts'
import { toTime } from '../schemas/to-time.ts'
import { compactionAt } from './database/retention.ts'
import { quantile as quantileOf } from './figures.ts'
import { session } from './session.ts'

const { values } = parseArgs({
  options: {
    step: {
      type: 'string',
      multiple: true,
      default: ['size', 'fill', 'speed', 'movers', 'export', 'retention'],
    },
    scale: { type: 'string', default: '1' },
    database: { type: 'string' },
    // What the program starts itself with, for a step and as a client.
    folder: { type: 'string' },
    client: { type: 'string' },
    url: { type: 'string' },
  },
})
const scale = Number(values.scale)

/** The present: there the clock stands, but while products are made. */
const NOW = Date.UTC(2026, 5, 15, 13, 30)
const YEAR_MS = 365 * DAY_MS

const time = { now: NOW }

let seed = 1

/** From 0 up to 1, the same numbers in each run (mulberry32). */
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

const randomInt = (below: number) => Math.floor(random() * below)

/** A price wanders by 1 to 2 percent a step around 50,000; one step in five the stock moves too. */
function moved(offer: ObservedOffer): ObservedOffer {
  const direction = random() < offer.price / 100_000 ? -1 : 1
  const price = Math.round(offer.price * (1 + direction * (0.01 + random() / 100)))
  const items_in_stock = random() < 0.2 ? randomInt(300) : offer.items_in_stock
  return { ...offer, price, items_in_stock }
}

/** A product and its offers as they were last observed. */
interface Market {
  token: string
  id: string
  offers: ObservedOffer[]
}

function poll({ token, offers }: Market, at: number): Outcome {
  // Never due: no part is to be polled by the service itself.
  return { type: 'refreshed', token, at, dueAt: at + 2 * YEAR_MS, offers }
}

/** Creates registered products at `at`, each with so many offers that nobody has observed yet. */
async function markets(store: Store, products: number, offers: number, at: number) {
  const made: Market[] = []
  time.now = at
  for (let left = products; left > 0; left -= 1000) {
    const names = Array.from({ length: Math.min(left, 1000) }, (_, n) => ({ name: `Product ${n}` }))
    await store.createProducts(names)
    for (const { token, id } of await store.takeRegistrations(Number.POSITIVE_INFINITY, 1000)) {
      const first = () => ({ price: 20_000 + randomInt(60_000), items_in_stock: randomInt(300) })
      const list = Array.from({ length: offers }, () => ({ id: randomUUIDv7(), ...first() }))
      made.push({ token, id, offers: list })
    }
  }
  await store.settle(made.map(({ token }) => ({ type: 'registered', token, at })))
  time.now = NOW
  return made
}

/** Settles batch after batch; the next one is made while one is written. */
async function settleAll(store: Store, batches: Iterable<Outcome[]>): Promise<void> {
  let before: Promise<unknown> | undefined
  for (const batch of batches) {
    const settled = store.settle(batch)
    await before
    before = settled
  }
  await before
}

/** A poll of each product at each of these times; `changing` of its prices have moved. */
function* polls(all: Market[], from: number, until: number, stepMs: number, changing: number) {
  let batch: Outcome[] = []
  for (let at = from; at < until; at += stepMs) {
    for (const market of all) {
      const first = randomInt(market.offers.length)
      market.offers = market.offers.map((offer, index, { length }) =>
        (index - first + length) % length < changing ? moved(offer) : offer,
      )
      batch.push(poll(market, at))
      if (batch.length < 500) continue
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

interface Opened {
  store: Store
  /** How long the commits took so far, in ms. */
  commits: number[]
}

async function opened(path: string): Promise<Opened> {
  const commits: number[] = []
  const store = await openStore(`file:${path}`, {
    clock: () => time.now,
    newId: randomUUIDv7,
    staleAfterMs: 15 * MINUTE_MS,
    observer: {
      committed: (durationMs) => commits.push(durationMs),
      failed(error) {
        throw error
      },
    },
  })
  return { store, commits }
}

const rounded = (value: number, digits = 2) => Number(value.toFixed(digits))
const seconds = (since: number) => rounded((performance.now() - since) / 1000, 1)
const megabytes = (bytes: number) => rounded(bytes / 2 ** 20, 1)

const quantile = (times: number[], share: number) => rounded(quantileOf(times, share))

const spread = (times: number[]) => ({
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  max: quantile(times, 1),
})

/** The bytes of each table and index of a closed database, and of the whole file. */
function bytesOf(path: string): Map<string, number> {
  const db = new Database(path, { readonly: true })
  const select = db.prepare<[], [string, number]>(
    'SELECT name, pgsize FROM dbstat WHERE aggregate = 1',
  )
  const bytes = new Map(select.raw().all())
  db.close()
  return bytes.set('the file', statSync(path).size)
}

// --- size ---

const SHAPES = [
  { products: 100, offers: 10, changing: 10, polls: 1000 },
  { products: 1000, offers: 1, changing: 1, polls: 1000 },
  { products: 1000, offers: 10, changing: 1, polls: 1000 },
]

async function size(folder: string): Promise<void> {
  const columns: Record<string, Record<string, number>> = {}
  for (const [index, shape] of SHAPES.entries()) {
    const path = join(folder, `size-${index}.db`)
    const first = NOW - shape.polls * scale * MINUTE_MS
    const listing = await opened(path)
    const all = await markets(listing.store, shape.products, shape.offers, first)
    await listing.store.settle(all.map((market) => poll(market, first)))
    await listing.store.close()
    const before = bytesOf(path)

    const { store } = await opened(path)
    const began = performance.now()
    const from = first + MINUTE_MS
    await settleAll(store, polls(all, from, NOW + MINUTE_MS, MINUTE_MS, shape.changing))
    const took = (performance.now() - began) / 1000
    await store.close()
    const changes = shape.polls * scale * shape.products * shape.changing
    const column: Record<string, number> = { changes }
    let sum = 0
    for (const [name, bytes] of bytesOf(path)) {
      const growth = bytes - (before.get(name) ?? 0)
      if (growth !== 0) column[name] = rounded(growth / changes)
      if (name !== 'the file') sum += growth
    }
    column['all tables and indexes'] = rounded(sum / changes)
    column['changes/s'] = Math.round(changes / took)
    columns[`${shape.products} × ${shape.offers}, ${shape.changing} a poll`] = column
  }
  console.log('size: bytes a change')
  const names = new Set(Object.values(columns).flatMap((column) => Object.keys(column)))
  console.table(
    Object.fromEntries(
      [...names].map((name) => [
        name,
        Object.fromEntries(
          Object.entries(columns).map(([shape, column]) => [shape, column[name] ?? 0]),
        ),
      ]),
    ),
  )
}

// --- speed ---

async function compactAll({ store, commits }: Opened) {
  commits.length = 0
  const began = performance.now()
  let steps = 1
  while (await store.compact(compactionAt(NOW))) steps += 1
  return { steps, seconds: seconds(began), longest_commit_ms: quantile(commits, 1) }
}

const largeIn = (folder: string) => values.database ?? join(folder, 'large.db')

/** Makes the large database: one product polled each minute for a year, and 700 for its last day. */
async function fill(folder: string): Promise<void> {
  const path = largeIn(folder)
  if (existsSync(path)) return
  const large = await opened(path)
  const { store } = large
  const [year, ...others] = await markets(store, 1 + 700, 10, NOW - YEAR_MS)
  if (!year) return
  let began = performance.now()
  const [first, lastDay] = [NOW - YEAR_MS * scale, NOW - DAY_MS * scale]
  await settleAll(store, polls([year], first, lastDay, MINUTE_MS, 10))
  const ofYear = ((lastDay - first) / MINUTE_MS) * 10
  console.log({ changes_of_one_product: ofYear, a_second: Math.round(ofYear / seconds(began)) })
  began = performance.now()
  const all = [year, ...others]
  await settleAll(store, polls(all, lastDay, NOW, MINUTE_MS, 10))
  const ofDay = ((NOW - lastDay) / MINUTE_MS) * all.length * 10
  console.log({ changes_of_701_products: ofDay, a_second: Math.round(ofDay / seconds(began)) })
  console.log({ compaction: await compactAll(large) })
  await store.close()
  const sizes = [...bytesOf(path)].filter(([, bytes]) => bytes > 2 ** 20)
  console.log('MB', Object.fromEntries(sizes.map(([name, bytes]) => [name, megabytes(bytes)])))
}

/** The service on this database, at `NOW`, without an Offers service; it tells how long a handler took. */
async function openApp(path: string) {
  const config = readConfig({
    LOG_LEVEL: 'silent',
    DATABASE_URL: `file:${path}`,
    OFFERS_BASE_URL: 'http://127.0.0.1:9/api/v1',
  })
  const app = buildApp(config, { ...realEnvironment, clock: () => NOW })
  const handler = { began: 0, took: 0 }
  app.addHook('preHandler', async () => {
    handler.began = performance.now()
  })
  app.addHook('preSerialization', async () => {
    handler.took = performance.now() - handler.began
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return { app, handler, url: `http://127.0.0.1:${port}/api/v1` }
}

type Service = Awaited<ReturnType<typeof openApp>>

const ago = (ms: number) => `from=${toTime(NOW - ms)}`

/** What is asked, for the n-th time. */
async function questions({ app }: Service) {
  const { items: found } = await app.store.products({ sort: 'created_at', words: [], limit: 700 })
  const ids = found.map(({ id }) => id)
  const offersOf = new Map<string, string[]>()
  for (const id of ids) {
    const { items }: ProductOffers = JSON.parse(await app.store.offers(id))
    offersOf.set(
      id,
      items.map(({ id }) => id),
    )
  }
  const year = ids[0] ?? ''
  const any = (n: number) => ids[(n * 37) % ids.length] ?? ''
  const offer = (id: string, n: number) => `/products/${id}/offers/${offersOf.get(id)?.[n % 10]}`
  const kept = (app.store.lastSeq * 9) / 10
  return {
    'trend of an offer, 24 h raw': (n: number) => `${offer(any(n), n)}/trend`,
    'trend of a product, 24 h raw': (n: number) => `/products/${any(n)}/trend`,
    'trend of an offer, 24 h by hours': (n: number) => `${offer(any(n), n)}/trend?interval=1h`,
    'trend of an offer, 24 h of a year': (n: number) => `${offer(year, n)}/trend`,
    'trend of an offer, 24 h raw, 20 days ago': (n: number) =>
      `${offer(year, n)}/trend?${ago(20 * DAY_MS)}&to=${toTime(NOW - 19 * DAY_MS)}`,
    'trend of an offer, a year by days': (n: number) =>
      `${offer(year, n)}/trend?interval=1d&${ago(YEAR_MS)}`,
    'trend of a product, a year by days': () =>
      `/products/${year}/trend?interval=1d&${ago(YEAR_MS)}`,
    'trend of an offer, a year by hours': (n: number) =>
      `${offer(year, n)}/trend?interval=1h&${ago(YEAR_MS - DAY_MS)}`,
    'trend of an offer, 30 days by 5 minutes': (n: number) =>
      `${offer(year, n)}/trend?interval=5m&${ago(30 * DAY_MS)}`,
    'trend of a product, 30 days by hours': () =>
      `/products/${year}/trend?interval=1h&${ago(30 * DAY_MS)}`,
    'offers 10 days ago': (n: number) =>
      `/products/${year}/offers?at=${toTime(NOW - 10 * DAY_MS - n * MINUTE_MS)}`,
    'offers 100 days ago': (n: number) =>
      `/products/${year}/offers?at=${toTime(NOW - 100 * DAY_MS - n * MINUTE_MS)}`,
    'offers now': (n: number) => `/products/${any(n)}/offers`,
    '1000 changes': (n: number) =>
      `/changes?limit=1000&after=${Math.floor(app.store.lastSeq - (kept * n) / 1000)}`,
    '1000 changes of one product': (n: number) =>
      `/changes?limit=1000&product_id=${any(n)}&after=${Math.max(0, app.store.lastSeq - 1_000_000)}`,
  }
}

async function askAll(service: Service): Promise<void> {
  const rows: Record<string, Record<string, number>> = {}
  for (const [name, path] of Object.entries(await questions(service))) {
    const times: number[] = []
    const handlers: number[] = []
    let bytes = 0
    for (let n = -20; n < 400; n++) {
      const url = `/api/v1${path(Math.abs(n))}`
      const began = performance.now()
      const { statusCode, rawPayload } = await service.app.inject(url)
      const took = performance.now() - began
      if (statusCode !== 200) throw new Error(`${url}: ${statusCode} ${rawPayload}`)
      bytes = rawPayload.length
      if (n < 0) continue // Until the code is compiled.
      times.push(took)
      handlers.push(service.handler.took)
    }
    rows[name] = {
      handler_p10_ms: quantile(handlers, 0.1),
      handler_p50_ms: quantile(handlers, 0.5),
      handler_p99_ms: quantile(handlers, 0.99),
      request_p50_ms: quantile(times, 0.5),
      request_p99_ms: quantile(times, 0.99),
      bytes,
    }
  }
  console.table(rows)
}

/** Runs something while another process asks for a product all the time, and tells what both took. */
async function beside(service: Service, name: string, run: () => Promise<object>): Promise<void> {
  const { items } = await service.app.store.products({ sort: 'created_at', words: [], limit: 1 })
  const asker = client('ask', `${service.url}/products/${items[0]?.id}`)
  await once(asker, 'message') // It is ready.
  const idle = process.memoryUsage().rss
  let most = idle
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 50)
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  asker.send('begin')
  const began = performance.now()
  const found = await run()
  const took = seconds(began)
  loop.disable()
  clearInterval(watch)
  const times = await result<number[]>(asker, 'end')
  console.log(name, {
    seconds: took,
    ...found,
    event_loop_delay_max_ms: rounded(loop.max / 1e6, 1),
    rss_idle_mb: megabytes(idle),
    rss_above_idle_mb: megabytes(most - idle),
    request_beside_ms: spread(times),
    requests_beside: times.length,
  })
}

/** This program as a client, in a process of its own. */
const client = (as: 'ask' | 'drain', url: string) =>
  fork(import.meta.filename, ['--client', as, '--url', url])

/** What a client answers to a word. */
async function result<T>(client: ChildProcess, word: string): Promise<T> {
  const answer = once(client, 'message') as Promise<[T]>
  client.send(word)
  return (await answer)[0]
}

/** Runs something on the service with the large database. */
async function onLarge(folder: string, run: (service: Service) => Promise<void>): Promise<void> {
  const service = await openApp(largeIn(folder))
  await run(service).finally(() => service.app.close())
}

const speed = (folder: string) => onLarge(folder, askAll)

const movers = (folder: string) =>
  onLarge(folder, async (service) => {
    for (const window of ['24h', '7d', '30d']) {
      await beside(service, `movers of ${window}`, async () => {
        const url = `/api/v1/movers?window=${window}&limit=200`
        const { statusCode, rawPayload } = await service.app.inject(url)
        return { status: statusCode, bytes: rawPayload.length }
      })
    }
  })

const exports = (folder: string) =>
  onLarge(folder, async (service) => {
    for (const query of ['format=csv', 'format=ndjson', `format=csv&${ago(YEAR_MS)}`]) {
      const drain = client('drain', `${service.url}/export/prices?${query}`)
      await once(drain, 'message')
      await beside(service, `export ${query}`, () => result(drain, 'begin'))
    }
  })

// --- retention ---

const PRIOR_DAYS = 100
const WINDOW = { from: floorTo(NOW - 90 * DAY_MS, HOUR_MS), to: NOW }

/** Polls each five minutes, some of which fail; offers go and come back, and days are missing. */
function* lively(all: Market[], from: number): Generator<Outcome[]> {
  const gone = new Map<Market, ObservedOffer[]>(all.map((market) => [market, []]))
  for (let at = from; at <= NOW; at += 5 * MINUTE_MS) {
    if (Math.floor(at / HOUR_MS) % 240 < 3) continue // Three hours without a service in ten days.
    yield all.map((market): Outcome => {
      const { token } = market
      if (random() < 0.01) {
        const dueAt = at + 2 * YEAR_MS
        return {
          type: 'refresh-failed',
          token,
          at,
          dueAt,
          fault: 'unavailable',
          message: 'It is down',
        }
      }
      const away = gone.get(market) ?? []
      if (random() < 0.01) away.push(...market.offers.splice(randomInt(market.offers.length), 1))
      if (random() < 0.01) market.offers.push(...away.splice(0, 1))
      market.offers = market.offers.map(moved)
      return poll(market, at)
    })
  }
}

/** What is told of each price over 90 days: it must not change when its history is rolled up. */
async function toldOf(store: Store, all: Market[], numbers: Map<string, string[]>) {
  const told: { figures: object; coverage: number; days: object[] }[] = []
  for (const { id } of all) {
    const raw = { ...WINDOW, byHour: false }
    const byHour = { ...WINDOW, byHour: true }
    const add = (
      { segments, covered }: Awaited<ReturnType<Store['offerHistory']>>,
      { segments: hours }: Awaited<ReturnType<Store['offerHistory']>>,
    ) => {
      const { mean: _, ...figures } = figuresOf(segments)
      const days = [...bucketsOf(hours, DAY_MS)].map(({ mean: _, ...bucket }) => bucket)
      told.push({ figures, coverage: coverageOf(covered, WINDOW.from, WINDOW.to), days })
    }
    add(await store.productHistory(id, raw), await store.productHistory(id, byHour))
    for (const offerId of numbers.get(id) ?? []) {
      add(await store.offerHistory(id, offerId, raw), await store.offerHistory(id, offerId, byHour))
    }
  }
  return told
}

/** Creates products until told to stop, one each 5 ms, and gives how long each took. */
async function createUntil({ store }: Opened, ended: () => boolean): Promise<number[]> {
  const writes: Promise<void>[] = []
  const times: number[] = []
  while (!ended()) {
    const began = performance.now()
    const write = store.createProduct({ name: 'A product' })
    writes.push(write.then(() => void times.push(performance.now() - began)))
    await delay(5)
  }
  await Promise.all(writes)
  return times
}

async function retention(folder: string): Promise<void> {
  const path = join(folder, 'retention.db')
  const filling = await opened(path)
  const all = await markets(filling.store, 20, 10, NOW - PRIOR_DAYS * DAY_MS)
  const ids = new Map(all.map(({ id, offers }) => [id, offers.map(({ id }) => id)]))
  const began = performance.now()
  await settleAll(filling.store, lively(all, NOW - PRIOR_DAYS * DAY_MS))
  console.log(`retention: ${PRIOR_DAYS} days written in ${seconds(began)} s`)
  await filling.store.close()
  const bytesBefore = bytesOf(path)

  const full = await opened(path)
  const before = await toldOf(full.store, all, ids)
  let ended = false
  const creating = createUntil(full, () => ended)
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  const compaction = await compactAll(full)
  loop.disable()
  ended = true
  const created = await creating
  const commits = spread(full.commits)
  const after = await toldOf(full.store, all, ids)
  await full.store.close()
  const bytesAfter = bytesOf(path)

  const differing = before.filter((told, index) => !isDeepStrictEqual(told, after[index]))
  console.log({
    ...compaction,
    commits_ms: commits,
    event_loop_delay_max_ms: rounded(loop.max / 1e6, 1),
    creates_beside: created.length,
    create_ms: spread(created),
    prices_told_of: before.length,
    told_otherwise: differing.length,
  })
  console.table(
    Object.fromEntries(
      ['history', 'rollups', 'changes', 'coverage', 'the file'].map((name) => [
        name,
        {
          before_mb: megabytes(bytesBefore.get(name) ?? 0),
          after_mb: megabytes(bytesAfter.get(name) ?? 0),
        },
      ]),
    ),
  )
}

// --- clients ---

/** Reads all that a URL gives. */
async function drain(url: string) {
  let [bytes, rows] = [0, 0]
  for await (const chunk of (await fetch(url)).body ?? []) {
    bytes += chunk.length
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) rows += 1
  }
  return { rows, megabytes: megabytes(bytes) }
}

/** Asks for a URL each 5 ms until told to end, and gives what each answer took, in ms. */
async function ask(url: string): Promise<number[]> {
  const times: number[] = []
  let ended = false
  process.once('message', () => {
    ended = true
  })
  while (!ended) {
    const began = performance.now()
    await fetch(url).then((response) => response.text())
    times.push(performance.now() - began)
    await delay(5)
  }
  return times
}

async function serveAsClient(as: string, url: string): Promise<void> {
  await fetch(new URL('/health/live', url)).then((response) => response.text())
  process.send?.('ready')
  await once(process, 'message')
  process.send?.(await (as === 'ask' ? ask(url) : drain(url)))
  process.disconnect?.()
}

const STEPS: Record<string, (folder: string) => Promise<void>> = {
  ...{ size, fill, speed, movers },
  export: exports,
  retention,
}

/** Runs a step in a process of its own, so that none finds the memory that another one took. */
async function runApart(step: string, folder: string): Promise<void> {
  console.log(`--- ${step} ---`)
  const { scale } = values
  const options = ['--scale', scale, '--database', largeIn(folder), '--folder', folder]
  const [code] = await once(fork(import.meta.filename, ['--step', step, ...options]), 'exit')
  if (code !== 0) throw new Error(`${step} failed`)
}

const [only, ...more] = values.step
if (values.client && values.url) {
  await serveAsClient(values.client, values.url)
} else if (values.folder && only) {
  await STEPS[only]?.(values.folder)
} else {
  await session(async ({ folder }) => {
    for (const step of [only, ...more]) await runApart(String(step), folder)
  })
}
