import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import t from 'tap'
import { ReadTransaction } from '../../../db/sqlite/read-transaction.ts'
import { damage, fullDatabase, treesOf } from './damage/database.ts'

t.test('a page that cannot be read does not outlast the turn in which it was read', async (t) => {
  const path = await fullDatabase(t)
  const coverage = treesOf(path).find(({ name }) => name === 'coverage')
  await damage(path, coverage?.pages.map(({ page }) => page) ?? [])
  const connection = new Database(path, { readonly: true })
  t.teardown(() => connection.close())
  const transaction = new ReadTransaction(connection)
  const unreadable = connection.prepare('SELECT * FROM coverage')
  const readable = connection.prepare('SELECT count(*) FROM products').pluck()
  for (const turn of ['the first turn', 'the next one']) {
    transaction.begin()
    t.throws(() => unreadable.all(), { code: 'SQLITE_CORRUPT' }, turn)
    t.equal(readable.get(), 128, turn)
    await nextTurn()
    t.notOk(connection.inTransaction, turn)
  }
})

t.test('a transaction that is still open is used, and ended', async (t) => {
  const connection = new Database(':memory:')
  t.teardown(() => connection.close())
  const transaction = new ReadTransaction(connection)
  connection.exec('BEGIN')
  t.doesNotThrow(() => transaction.begin())
  transaction.end()
  t.notOk(connection.inTransaction)
})

t.test('a transaction that cannot be ended throws nothing', async (t) => {
  const connection = new Database(':memory:')
  t.teardown(() => connection.close())
  const prepare = connection.prepare.bind(connection)
  Object.defineProperty(connection, 'prepare', {
    value: (sql: string) => prepare(sql === 'ROLLBACK' ? 'COMMIT TRANSACTION' : sql),
  })
  const transaction = new ReadTransaction(connection)
  connection.exec('CREATE TABLE parent (id PRIMARY KEY)')
  connection.exec('CREATE TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED)')
  transaction.begin()
  connection.exec('INSERT INTO child VALUES (1)')
  t.doesNotThrow(() => transaction.end())
  t.ok(connection.inTransaction)
})
