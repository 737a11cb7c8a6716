/**
 * Makes a small database twice, once by `makeDatabase` and once through the store, poll by poll, and compares them
 * row by row:
 *
 *     node bench/database/check.ts
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import Database from 'better-sqlite3'
import { openStore } from '../../db/open.ts'
import type { Outcome, Store, Task } from '../../db/store.ts'
import { type CatalogueProduct, catalogueProduct } from './catalogue.ts'
import { FEED_MS, makeDatabase } from './make.ts'
import { pollsOf } from './polls.ts'
import { compactAll, compactionAt } from './retention.ts'
import { type DatabaseShape, productsIn } from './shape.ts'

const SHAPE: DatabaseShape = {
  products: 40,
  polls: 5,
  deep: { every: 10, polls: 200 },
  minutely: true,
}

/**
 * Tables that are not compared: their rows differ in each database, or, in the full-text index, depend on how writes
 * were grouped into transactions.
 */
const SKIPPED = new Set([
  ...['__drizzle_migrations', 'sqlite_sequence', 'secrets'],
  ...['products_fts_data', 'products_fts_idx', 'products_fts_docsize'],
])

async function create(store: Store, products: CatalogueProduct[], time: { now: number }) {
  for (const { name, description, createdAt } of products) {
    time.now = createdAt
    await store.createProduct({ name, description })
  }
}

/** The outcomes of all polls in order of time, under the tokens of their tasks. */
function outcomesOf(products: CatalogueProduct[], now: number, tasks: Task[]): Outcome[] {
  const tokens = new Map(tasks.map(({ id, token }) => [id, token]))
  const outcomes = products.flatMap(
    (product): (Extract<Outcome, { at: number }> & { key: number })[] => {
      const { key, id, registeredAt } = product
      const of = { key, token: tokens.get(id) ?? '' }
      const { polls, checkedAt } = pollsOf(product, SHAPE, now)
      const all = [...polls]
      const dueAt = checkedAt + 365 * 24 * 3600_000
      const poll = { type: 'refreshed', ...of, dueAt } as const
      return [
        { type: 'registered', ...of, at: registeredAt },
        { ...poll, at: registeredAt, offers: [] },
        ...all.map(({ at, offers }) => ({ ...poll, at, offers })),
        { ...poll, at: checkedAt, offers: all.at(-1)?.offers ?? [] },
      ]
    },
  )
  return outcomes.toSorted((a, b) => a.at - b.at || a.key - b.key)
}

async function writeThroughStore(path: string, now: number): Promise<void> {
  const products = Array.from({ length: productsIn(SHAPE) }, (_, n) => catalogueProduct(n + 1, now))
  const ids = products.map(({ id }) => id)
  const time = { now }
  const store = await openStore(`file:${path}`, {
    clock: () => time.now,
    newId: () => ids.shift() ?? '',
    staleAfterMs: Number.MAX_SAFE_INTEGER,
  })
  await create(store, products, time)
  const tasks = await store.takeRegistrations(Number.POSITIVE_INFINITY, products.length)
  const outcomes = outcomesOf(products, now, tasks)
  for (let n = 0; n < outcomes.length; n += 500) await store.settle(outcomes.slice(n, n + 500))
  const compaction = { ...compactionAt(now), changesBefore: now - FEED_MS }
  while (await store.compact(compaction));
  await store.close()
}

function rowsOf(path: string): Map<string, unknown[]> {
  const db = new Database(path, { readonly: true })
  const names = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
  const rows = names
    .all()
    .filter((name) => !SKIPPED.has(name))
    .map((name): [string, unknown[]] => [name, db.prepare(`SELECT * FROM "${name}"`).all()])
  db.close()
  return new Map(rows)
}

const folder = await mkdtemp(join(tmpdir(), 'aggregator-bench-'))
try {
  const now = Date.now()
  const [made, written] = [join(folder, 'made.db'), join(folder, 'written.db')]
  makeDatabase(made, SHAPE, now)
  await compactAll(made, now)
  await writeThroughStore(written, now)
  const expected = rowsOf(written)
  for (const [name, rows] of rowsOf(made)) {
    const expectedRows = expected.get(name) ?? []
    const same = isDeepStrictEqual(rows, expectedRows)
    console.log(`${name}: ${rows.length} rows, ${same ? 'identical' : 'DIFFERENT'}`)
    if (same) continue
    process.exitCode = 1
    const at = rows.findIndex((row, index) => !isDeepStrictEqual(row, expectedRows[index]))
    console.log({ made: rows[at], written: expectedRows[at], of: expectedRows.length })
  }
} finally {
  await rm(folder, { recursive: true })
}
