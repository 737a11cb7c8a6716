import Database from 'better-sqlite3'
import t from 'tap'
import { StoreDamaged, StoreUnavailable, Undecodable } from '../../../../db/errors.ts'
import { damagedTables, located, storeError } from '../../../../db/sqlite/damage/errors.ts'
import { explained } from '../../../../db/sqlite/damage/explain.ts'
import { isTable } from '../../../../db/sqlite/damage/parts.ts'
import { fullDatabase, treesOf } from './database.ts'

const sqlite = (code: string, message = 'of SQLite') => new Database.SqliteError(message, code)

const JOINED = 'SELECT * FROM products JOIN "refreshes" ON true JOIN elsewhere ON true'

/** Errors of statements, and the tables that they are told to be about; undefined for no damage. */
const ERRORS: [error: unknown, sql: string, tables: string[] | undefined][] = [
  [sqlite('SQLITE_CORRUPT'), JOINED, ['products', 'refreshes']],
  [sqlite('SQLITE_CORRUPT_INDEX'), 'UPDATE totals SET offers = 1', ['totals']],
  [sqlite('SQLITE_CORRUPT_VTAB'), 'SAVEPOINT flush', ['products_fts']],
  [sqlite('SQLITE_CORRUPT_SEQUENCE'), 'INSERT INTO products VALUES (1)', ['sqlite_sequence']],
  [sqlite('SQLITE_NOTADB'), 'SELECT 1', []],
  [sqlite('SQLITE_IOERR_READ'), 'DELETE FROM history', ['history']],
  [sqlite('SQLITE_CONSTRAINT_PRIMARYKEY'), 'INSERT INTO history VALUES (1)', ['history']],
  [
    sqlite('SQLITE_ERROR', 'vtable constructor failed: products_fts'),
    JOINED,
    ['products', 'refreshes'],
  ],
  [sqlite('SQLITE_ERROR'), JOINED, undefined],
  [sqlite('SQLITE_FULL'), JOINED, undefined],
  [sqlite('SQLITE_BUSY'), JOINED, undefined],
  [sqlite('SQLITE_IOERR_WRITE'), JOINED, undefined],
  [new TypeError('The database connection is not open'), JOINED, undefined],
  [new SyntaxError('Unexpected end of JSON input'), JOINED, []],
  [new RangeError('Invalid time value'), JOINED, []],
  [new Undecodable('A number ends too soon'), JOINED, []],
  ['no error', JOINED, undefined],
]

t.test(
  'errors that mean damage are told from others, with their tables, also across threads',
  async (t) => {
    for (const [error, sql, tables] of ERRORS) {
      const told = located(error, sql)
      t.same(damagedTables(told), tables, String(error))
      if (tables?.length) t.same(damagedTables(structuredClone(told)), tables, String(error))
      const failure = storeError(told)
      t.equal(failure instanceof StoreDamaged, tables !== undefined)
      t.ok(failure instanceof StoreUnavailable)
    }
  },
)

t.test('for every table there is a description of what is lost with it', async (t) => {
  const path = await fullDatabase(t)
  const db = new Database(path, { readonly: true })
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
  for (const name of tables.all()) t.ok(isTable(name), name)
  db.close()
  t.ok(treesOf(path).length > 28)
})

t.test('a start that damage prevents is explained, also where a check finds none', async (t) => {
  const path = await fullDatabase(t)
  const other = new Error('another')
  t.equal(explained(path, other), other)
  const error = located(sqlite('SQLITE_CORRUPT', 'malformed'), JOINED)
  t.match(explained(path, error), {
    message: /^it is damaged:\n {2}products or refreshes: malformed\nRun "npm run verify"/,
  })
})
