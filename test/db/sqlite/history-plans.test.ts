import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import t, { type Test } from 'tap'
import { openConnection } from '../../../db/sqlite/connection.ts'
import { historyReads } from '../../../db/sqlite/history.ts'
import { migrate } from '../../../db/sqlite/migrate.ts'
import { operations } from '../../../db/sqlite/operations.ts'
import { reads } from '../../../db/sqlite/reads.ts'
import { temporaryFolder } from '../../helper.ts'

/** The tables that grow with the number of changes, or of products and their offers. */
const GROWING = [
  ...['history', 'rollups', 'coverage', 'changes', 'offers', 'listings', 'deleted_products'],
]

/** What may be scanned or sorted: a part of the statement, that step of its plan, and why. */
const ALLOWED: [statement: string, step: string, reason: string][] = [
  [
    'AS furthestBehind FROM changes WHERE at <= ?',
    'SCAN changes',
    'it ends at the first row that is not in the future, in the order of the key',
  ],
  [
    'SELECT seq, at FROM changes WHERE at <= ? ORDER BY seq LIMIT 2000',
    'SCAN changes',
    'it ends after a step of the first rows, in the order of the key',
  ],
  ['totals', 'SCAN totals', 'the table has one row'],
  [
    'WHERE (SELECT count(*) FROM webhooks) < @limit',
    'SCAN webhooks USING COVERING INDEX webhooks_id_unique',
    'the number of webhooks is limited',
  ],
  [
    'SELECT product_key FROM listings ORDER BY product_key LIMIT ?',
    'SCAN listings',
    'it ends after the most products that an alert may watch',
  ],
  [
    'AND good ORDER BY since DESC LIMIT 1)',
    'SCAN (subquery-1)',
    'the subquery, which searches, gives one row at most',
  ],
  [
    'DELETE FROM deleted_products WHERE seq <= (SELECT compacted_seq FROM totals)',
    'SCAN deleted_products',
    'the table has only what was deleted within the days that the feed is kept',
  ],
]

/** A connection to an empty database. */
async function openEmpty(t: Test): Promise<Database> {
  const path = join(await temporaryFolder(t), 'test.db')
  migrate(path)
  const connection = openConnection(path)
  t.teardown(() => connection.close())
  return connection
}

/** The steps of the plan of a statement that look at every row, or sort. */
function costlySteps(connection: Database, sql: string): string[] {
  const names = Array.from(sql.matchAll(/@(\w+)/g), ([, name]) => [name, 1])
  const places = Array.from(sql.matchAll(/\?/g), () => 1)
  const parameters = names.length > 0 ? [Object.fromEntries(names)] : places
  return connection
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...parameters)
    .map(({ detail }) => detail)
    .filter((detail) => /^SCAN (?!CONSTANT ROW)|TEMP B-TREE/.test(detail)) // A constant is no table.
}

const touches = (sql: string, table: string) => new RegExp(`\\b${table}\\b`).test(sql)

t.test('the statements of the history', async (t) => {
  const connection = await openEmpty(t)
  const prepare = t.capture(connection, 'prepare', connection.prepare.bind(connection))
  historyReads(connection, 1000)
  operations(connection, { staleAfterMs: 1000 })
  reads(connection)
  const prepared = new Set(prepare().map(({ args: [sql] }) => String(sql)))
  prepare.restore()
  const statements = [...prepared].filter((sql) => GROWING.some((table) => touches(sql, table)))
  const costly = statements.flatMap((sql) =>
    costlySteps(connection, sql).map((step) => ({ sql, step })),
  )

  t.test('every table is read and written', async (t) => {
    for (const table of GROWING) {
      t.ok(
        statements.some((sql) => /^\s*select/i.test(sql) && touches(sql, table)),
        `${table} is read`,
      )
      t.ok(
        statements.some((sql) => /^\s*(insert|delete)/i.test(sql) && touches(sql, table)),
        `${table} is written`,
      )
    }
  })

  t.test('no statement scans a table or sorts without a reason', async (t) => {
    const unreasoned = costly.filter(
      ({ sql, step }) => !ALLOWED.some(([part, allowed]) => sql.includes(part) && step === allowed),
    )
    t.same(unreasoned, [])
  })

  t.test('every reason is still needed', async (t) => {
    for (const [part, step, reason] of ALLOWED) {
      t.ok(
        costly.some(({ sql, step: found }) => sql.includes(part) && found === step),
        `${step}: ${reason}`,
      )
    }
  })
})

const COSTLY: [sql: string, expected: string[]][] = [
  ['SELECT since FROM history WHERE until > ?', ['SCAN history']],
  ['DELETE FROM changes WHERE at < @before', ['SCAN changes']],
  [
    'SELECT since FROM history WHERE product_key = ? ORDER BY until',
    ['USE TEMP B-TREE FOR ORDER BY'],
  ],
  ['SELECT since FROM history WHERE product_key = ? AND since > ? ORDER BY since', []],
]
t.test('plans that scan a table or sort are recognised', async (t) => {
  const connection = await openEmpty(t)
  for (const [sql, expected] of COSTLY) t.same(costlySteps(connection, sql), expected, sql)
})
