import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import t, { type Test } from 'tap'
import { catalogueReader } from '../../../db/sqlite/catalogue.ts'
import { openConnection } from '../../../db/sqlite/connection.ts'
import { migrate } from '../../../db/sqlite/migrate.ts'
import { selector } from '../../../db/sqlite/selection.ts'
import type { Position, ProductQuery } from '../../../db/store.ts'
import type { ProductSort } from '../../../schemas/product.ts'
import { soughtWords } from '../../../search/query.ts'
import { temporaryFolder } from '../../helper.ts'

const SORTS: ProductSort[] = [
  'created_at',
  '-created_at',
  'name',
  '-name',
  'lowest_price',
  '-lowest_price',
]

/** What lists by their conditions are. */
const CONDITIONS: Pick<ProductQuery, 'stale' | 'registration'>[] = [
  {},
  ...[true, false].map((stale) => ({ stale })),
  ...(['pending', 'registered', 'rejected'] as const).map((registration) => ({ registration })),
  { stale: true, registration: 'rejected' },
  { stale: false, registration: 'pending' },
]

const queries = CONDITIONS.flatMap((conditions) =>
  SORTS.flatMap((sort) =>
    [[], soughtWords('word')].flatMap((words) =>
      [false, true].flatMap((inStock) =>
        [undefined, { sortKey: 'a', key: 1 }, { sortKey: null, key: 1 }].map(
          (after): ProductQuery => ({ ...conditions, sort, words, inStock, after, limit: 1 }),
        ),
      ),
    ),
  ),
)
const isFiltered = ({ stale, registration }: ProductQuery) =>
  stale !== undefined || registration !== undefined

const FRESH = { since: 1, until: 2 }

/** A connection to a catalogue that is empty, or has these products besides one of each kind. */
async function openEmpty(t: Test, kinds: Record<string, number> = {}): Promise<Database> {
  const path = join(await temporaryFolder(t), 'test.db')
  migrate(path)
  const connection = openConnection(path)
  t.teardown(() => connection.close())
  const insert = connection.prepare(
    `INSERT INTO products (id, name, name_key, description, created_at, updated_at, registration, register_at)
     VALUES (?, 'a', 'a', '', 0, 0, ?, iif(? = 'pending', 0, NULL))`,
  )
  const insertRefresh = connection.prepare(
    'INSERT INTO refreshes (product_key, due_at, checked_at) VALUES (?, ?, ?)',
  )
  connection.transaction(() => {
    for (const [kind, count] of Object.entries(kinds)) {
      for (let n = 0; n < count; n++) {
        const status = kind === 'fresh' || kind === 'old' ? 'registered' : kind
        const key = insert.run(`${kind} ${n}`, status, status).lastInsertRowid
        const checkedAt = { fresh: FRESH.since, old: FRESH.since - 1 }[kind] ?? null
        insertRefresh.run(key, status === 'registered' ? 1 : null, checkedAt)
      }
    }
    const all = Object.values(kinds).reduce((sum, count) => sum + count, 0)
    connection.prepare('UPDATE totals SET products = ?').run(all)
  })()
  return connection
}

/** The plans of all lists that these queries read. */
function plansOf(t: Test, connection: Database, queries: ProductQuery[]) {
  const prepare = t.capture(connection, 'prepare', connection.prepare.bind(connection))
  const read = catalogueReader(connection, selector(connection))
  const run = queries.flatMap((query) => {
    read(query, 2, FRESH)
    return prepare().map(({ args: [sql] }) => ({ sql: String(sql), query }))
  })
  prepare.restore()
  const lists = run.filter(({ sql }) => / limit \?$/.test(sql))
  t.ok(lists.length > queries.length / 2, `${lists.length} statements`)
  return lists.map(({ sql, query }) => {
    const parameters = Array.from(sql.matchAll(/\?/g), () => 1)
    const plan = connection
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...parameters)
      .map(({ detail }) => detail)
    const scans = plan.filter((detail) => detail.startsWith('SCAN'))
    const sorts = plan.some((detail) => detail.includes('TEMP B-TREE'))
    return { query, name: JSON.stringify(query), plan, scans, sorts }
  })
}

t.test('no list sorts what an index has in order, and a search asks the index once', async (t) => {
  const connection = await openEmpty(t)
  for (const { query, name, plan, scans, sorts } of plansOf(t, connection, queries)) {
    if (query.words.length > 0) {
      t.match(plan[0], /^SCAN products_fts VIRTUAL TABLE INDEX/, name)
      t.equal(scans.length, 1, name)
      t.equal(sorts, !query.sort.endsWith('created_at'), name)
    } else {
      t.notOk(sorts, name)
      t.ok(scans.length <= (query.after ? 0 : 1), name)
    }
  }
})

/** Products of each kind, and for which conditions so few fit that they are looked up and sorted. */
const CATALOGUES: [
  name: string,
  kinds: Record<string, number>,
  rare: (query: ProductQuery) => boolean,
][] = [
  [
    'nearly all are fresh',
    { fresh: 1_990, old: 5, pending: 3, rejected: 2 },
    ({ stale, registration }) => stale === true || /pending|rejected/.test(`${registration}`),
  ],
  [
    'nearly all are stale',
    { old: 1_980, fresh: 10, pending: 5, rejected: 5 },
    ({ stale, registration }) => stale === false || /pending|rejected/.test(`${registration}`),
  ],
  [
    'nearly all are pending',
    { pending: 1_990, fresh: 5, rejected: 5 },
    ({ stale, registration }) => stale === false || /registered|rejected/.test(`${registration}`),
  ],
  [
    'half are pending',
    { pending: 1_000, fresh: 1_000 },
    ({ registration }) => registration === 'rejected',
  ],
  ['all are few', { fresh: 990, old: 5, pending: 4 }, () => false],
]
for (const [name, kinds, rare] of CATALOGUES) {
  t.test(
    `where ${name}, what is rare is looked up by indexes, and no other list is sorted`,
    async (t) => {
      const connection = await openEmpty(t, kinds)
      const filtered = queries.filter((query) => isFiltered(query) && query.words.length === 0)
      for (const { query, name, plan, scans, sorts } of plansOf(t, connection, filtered)) {
        t.equal(sorts, rare(query), name)
        // The partial index of those that are rejected is read as a whole.
        const indexed = scans.every((scan) =>
          /^SCAN (wanted|found|products USING .*products_rejected)/.test(scan),
        )
        t.ok(rare(query) ? indexed : scans.length <= (query.after ? 0 : 1), `${name}: ${plan}`)
      }
    },
  )
}

t.test(
  'products with a rare tag, or changed lately, are found without a scan of all',
  async (t) => {
    const connection = await openEmpty(t, { fresh: 1_990, old: 10 })
    connection.exec(
      `INSERT INTO product_tags SELECT 'rare', key, 0 FROM products WHERE key % 500 = 0;
     INSERT INTO product_tags SELECT 'common', key, 0 FROM products`,
    )
    const rare = SORTS.flatMap((sort) =>
      [{ tags: ['rare'] }, { tags: ['common', 'rare'] }, { updatedSince: 9 }].flatMap(
        (conditions) =>
          [undefined, { sortKey: 'a', key: 1 }].map(
            (after): ProductQuery => ({ ...conditions, sort, words: [], after, limit: 1 }),
          ),
      ),
    )
    for (const { name, plan, query, sorts } of plansOf(t, connection, rare)) {
      t.notOk(
        plan.some((detail) => /^SCAN (products|refreshes|product_tags)\b/.test(detail)),
        `${name}: ${plan}`,
      )
      const isOrdered = query.tags && query.sort.endsWith('created_at')
      t.equal(sorts, !isOrdered, name)
    }
  },
)

t.test('the number of cached statements is limited', async (t) => {
  const connection = await openEmpty(t)
  const read = catalogueReader(connection, selector(connection))
  const prepare = t.capture(connection, 'prepare', connection.prepare.bind(connection))
  for (const query of queries) read(query, 2, FRESH)
  const first = prepare().length
  const [query] = queries
  if (query) read(query, 2, FRESH)
  t.equal(prepare().length, 1, 'the oldest was let go of')
  t.ok(first > 112)
})

t.test('every page is prepared once', async (t) => {
  const connection = await openEmpty(t)
  const read = catalogueReader(connection, selector(connection))
  const position: Position = { sortKey: null, key: 1 }
  const prepare = t.capture(connection, 'prepare', connection.prepare.bind(connection))
  for (const limit of [1, 2, 3]) {
    read({ sort: 'name', words: [], limit, after: position }, limit, FRESH)
  }
  t.equal(prepare().length, 1)
})
