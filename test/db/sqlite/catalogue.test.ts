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

const queries = SORTS.flatMap((sort) =>
  [[], ['word']].flatMap((words) =>
    [false, true].flatMap((inStock) =>
      [undefined, { sortKey: 'a', key: 1 }, { sortKey: null, key: 1 }].map(
        (after): ProductQuery => ({ sort, words, inStock, after, limit: 1 }),
      ),
    ),
  ),
)

/** A connection to an empty catalogue. */
async function openEmpty(t: Test): Promise<Database> {
  const path = join(await temporaryFolder(t), 'test.db')
  migrate(path)
  const connection = openConnection(path)
  t.teardown(() => connection.close())
  return connection
}

t.test('no list sorts what an index has in order, and a search asks the index once', async (t) => {
  const connection = await openEmpty(t)
  const prepare = t.capture(connection, 'prepare', connection.prepare.bind(connection))
  const run = queries.flatMap((query) => {
    catalogueReader(connection)(query, 2)
    return prepare().map(({ args: [sql] }) => ({ sql: String(sql), query }))
  })
  prepare.restore()

  t.ok(run.length >= queries.length)
  for (const { sql, query } of run) {
    const parameters = Array.from(sql.matchAll(/\?/g), () => 1)
    const plan = connection
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...parameters)
      .map(({ detail }) => detail)
    const name = JSON.stringify(query)
    const scans = plan.filter((detail) => detail.startsWith('SCAN'))
    const sorts = plan.some((detail) => detail.includes('TEMP B-TREE'))
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

t.test('every page is prepared once', async (t) => {
  const connection = await openEmpty(t)
  const read = catalogueReader(connection)
  const position: Position = { sortKey: null, key: 1 }
  const prepare = t.capture(connection, 'prepare', connection.prepare.bind(connection))
  for (const limit of [1, 2, 3]) read({ sort: 'name', words: [], limit, after: position }, limit)
  t.equal(prepare().length, 1)
})
