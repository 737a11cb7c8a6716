/**
 * Measures creates and searches in the store alone: creates per second and their processor time, the size of the
 * index, the time of searches before and after its segments are merged, and the time to index all products again:
 *
 *     node bench/search.ts --products 100000
 */
import { randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { openStore } from '../db/open.ts'
import { bringUpToDate } from '../db/sqlite/search-index.ts'
import type { Store } from '../db/store.ts'
import { soughtWords } from '../search/query.ts'
import { catalogueProduct } from './database/catalogue.ts'
import { quantile } from './figures.ts'

const { values } = parseArgs({ options: { products: { type: 'string', default: '100000' } } })
const products = Number(values.products)

/** The number of creates in flight. */
const IN_FLIGHT = 50
const SEARCHES = 100

const QUERIES = [
  ...['rob', 'robotic mower', '4567', 'hedge trimmer 1234', 'lawnmower', 'wi-fi', 'nothingatall'],
  'compact electric bicycle pump steel case two years of warranty',
]

const seconds = (since: number) => (performance.now() - since) / 1000

async function create(store: Store): Promise<void> {
  let next = 0
  async function createSome(): Promise<void> {
    while (next++ < products) {
      const { name, description } = catalogueProduct(next, Date.UTC(2026, 0))
      await store.createProduct({ name, description })
    }
  }
  const began = performance.now()
  const before = process.cpuUsage()
  await Promise.all(Array.from({ length: IN_FLIGHT }, createSome))
  const { user, system } = process.cpuUsage(before)
  const rate = Math.round(products / seconds(began))
  console.log(
    `creates: ${rate}/s, ${((user + system) / products).toFixed(1)} µs of processor time each`,
  )
}

function printSize(path: string): void {
  const db = new Database(path, { readonly: true })
  const select = db.prepare<[string], number>('SELECT sum(pgsize) FROM dbstat WHERE name LIKE ?')
  const [index, order] = ['products_fts%', 'products_name'].map(
    (name) => Number(select.pluck().get(name)) / 1e6,
  )
  const segments = db.prepare('SELECT count(DISTINCT segid) FROM products_fts_idx').pluck().get()
  console.log(
    `index: ${index?.toFixed(1)} MB in ${segments} segments; order: ${order?.toFixed(1)} MB`,
  )
  db.close()
}

async function search(store: Store): Promise<void> {
  for (const query of QUERIES) {
    const times: number[] = []
    for (let n = 0; n < SEARCHES; n++) {
      const began = performance.now()
      await store.products({ sort: 'created_at', words: soughtWords(query), limit: 50 })
      times.push(performance.now() - began)
    }
    const [p50, p99] = [0.5, 0.99].map((share) => quantile(times, share).toFixed(2))
    console.log(`search ${query}: p50 ${p50} ms, p99 ${p99} ms`)
  }
}

const folder = await mkdtemp(join(tmpdir(), 'aggregator-bench-'))
const path = join(folder, 'search.db')
let now = Date.now()
const options = { clock: () => now, newId: randomUUIDv7, staleAfterMs: 1000 }
try {
  const store = await openStore(`file:${path}`, options)
  await create(store)
  printSize(path)
  await search(store)
  // One merge step per second of the store's clock.
  for (const end = now + 300_000; now < end; now += 1000) {
    await store.compact({ rollBefore: 0, rawBefore: 0, changesBefore: 0 })
  }
  printSize(path)
  await search(store)
  await store.close()

  const db = new Database(path)
  db.exec('UPDATE search_state SET folding = 0')
  db.close()
  const began = performance.now()
  await bringUpToDate(path)
  console.log(`all products reindexed in ${seconds(began).toFixed(1)} s`)
} finally {
  await rm(folder, { recursive: true })
}
