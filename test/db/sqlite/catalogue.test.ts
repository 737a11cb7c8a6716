import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import t, { type Test } from 'tap'
import { catalogueReader } from '../../../db/sqlite/catalogue.ts'
import { openConnection } from '../../../db/sqlite/connection.ts'
import { migrate } from '../../../db/sqlite/migrate.ts'
import type { Position, ProductQuery } from '../../../db/store.ts'
import type { ProductSort } from '../../../schemas/product.ts'
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
    [[], ['word']].flatMap((words) =>
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

/** A connection to an empty catalogue, of which `totals` may say that it is not. */
async function openEmpty(t: Test, totals: Record<string, number> = {}): Promise<Database> {
  const path = join(await temporaryFolder(t), 'test.db')
  migrate(path)
  const connection = openConnection(path)
  t.teardown(() => connection.close())
  for (const [name, count] of Object.entries(totals)) {
    connection.prepare(`UPDATE totals SET ${name} = ?`).run(count)
  }
  return connection
}

/** The plans of all lists that these queries read. */
function plansOf(t: Test, connection: Database, queries: ProductQuery[]) {
  const prepare = t.capture(connection, 'prepare', connection.prepare.bind(connection))
  const run = queries.flatMap((query) => {
    catalogueReader(connection)(query, 2, FRESH)
    return prepare().map(({ args: [sql] }) => ({ sql: String(sql), query }))
  })
  prepare.restore()
  const lists = run.filter(({ sql }) => / limit \?$/.test(sql))
  t.ok(lists.length >= queries.length)
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

/** What makes a condition rare in a large catalogue, and what makes it common. */
const CATALOGUES: [
  name: string,
  totals: Record<string, number>,
  rare: (query: ProductQuery) => boolean,
][] = [
  [
    'nearly all are fresh',
    { products: 1_000_000, registered: 999_900, pending: 60 },
    ({ stale, registration }) =>
      stale === true || !['registered', undefined].includes(registration),
  ],
  [
    'nearly all are pending',
    { products: 1_000_000, registered: 60, pending: 999_900 },
    ({ stale, registration }) => stale === false || !['pending', undefined].includes(registration),
  ],
  ['all are few', { products: 1_000, registered: 990, pending: 5 }, () => false],
]
for (const [name, totals, rare] of CATALOGUES) {
  t.test(
    `where ${name}, what is rare is looked up by indexes, and no other list is sorted`,
    async (t) => {
      const connection = await openEmpty(t, totals)
      const filtered = queries.filter((query) => isFiltered(query) && query.words.length === 0)
      for (const { query, name, plan, scans, sorts } of plansOf(t, connection, filtered)) {
        t.equal(sorts, rare(query), name)
        // The partial index of those that are rejected is read as a whole.
        const indexed = scans.every((scan) =>
          /^SCAN (selected|products USING .*products_rejected)/.test(scan),
        )
        t.ok(rare(query) ? indexed : scans.length <= (query.after ? 0 : 1), `${name}: ${plan}`)
      }
    },
  )
}

t.test('the statements that are kept have a bound', async (t) => {
  const connection = await openEmpty(t)
  const read = catalogueReader(connection)
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
  const read = catalogueReader(connection)
  const position: Position = { sortKey: null, key: 1 }
  const prepare = t.capture(connection, 'prepare', connection.prepare.bind(connection))
  for (const limit of [1, 2, 3]) {
    read({ sort: 'name', words: [], limit, after: position }, limit, FRESH)
  }
  t.equal(prepare().length, 1)
})
