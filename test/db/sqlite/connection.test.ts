import { join } from 'node:path'
import t from 'tap'
import { checkpoint, openConnection } from '../../../db/sqlite/connection.ts'
import { ReadTransaction } from '../../../db/sqlite/read-transaction.ts'
import { temporaryFolder } from '../../helper.ts'

t.test('a parameter has a sign before it, which changes no value', async (t) => {
  const connection = openConnection(join(await temporaryFolder(t), 'test.db'))
  t.teardown(() => connection.close())
  const given = connection.prepare('SELECT ? AS a, @b AS b')
  t.match(given.source, 'SELECT +? AS a, +@b AS b')
  for (const value of ['-5', '', 'text', 7, -1.5, null, Buffer.from([0, 255])]) {
    t.strictSame(given.get(value, { b: value }), { a: value, b: value })
  }
})

t.test('a statement is refused if a ? or an @ in it is quoted', async (t) => {
  const connection = openConnection(join(await temporaryFolder(t), 'test.db'))
  t.teardown(() => connection.close())
  const refused = [
    `SELECT '?'`,
    `SELECT 'it''s @name'`,
    `SELECT 1 AS "a?"`,
    'SELECT 1 AS `a@b`',
    'SELECT 1 AS [a?]',
    'SELECT ? -- why?',
    'SELECT /* who\n@ where */ ?',
  ]
  for (const source of refused) t.throws(() => connection.prepare(source), /bind the text instead/)
})

t.test('a parameter is found after quoted texts and comments', async (t) => {
  const connection = openConnection(join(await temporaryFolder(t), 'test.db'))
  t.teardown(() => connection.close())
  const given = connection.prepare(`SELECT 'it''s' AS "a", ? /* b */ AS [b] -- c`)
  t.strictSame(given.get(2), { a: "it's", b: 2 })
})

t.test(
  'a turn of the event loop reads as of one moment, at most until the end is told',
  async (t) => {
    const path = join(await temporaryFolder(t), 'test.db')
    const writer = openConnection(path)
    writer.pragma('journal_mode = WAL')
    writer.exec('CREATE TABLE t (x); INSERT INTO t VALUES (1)')
    const reader = openConnection(path, { readonly: true })
    t.teardown(() => [reader.close(), writer.close()])
    const transaction = new ReadTransaction(reader)
    const select = reader.prepare<[], number>('SELECT x FROM t').pluck()
    function read() {
      transaction.begin()
      return select.get()
    }

    t.equal(read(), 1)
    writer.exec('UPDATE t SET x = 2')
    t.equal(read(), 1, 'in the same turn')
    await new Promise((resolve) => setImmediate(resolve))
    t.equal(read(), 2, 'in the next one')
    writer.exec('UPDATE t SET x = 3')
    transaction.end()
    t.equal(read(), 3, 'behind the end')
    reader.exec('ROLLBACK')
    transaction.end()
    t.equal(read(), 3, 'also where an error has ended it before')
  },
)

t.test('a log that cannot be checkpointed stays as it is', async (t) => {
  const connection = openConnection(join(await temporaryFolder(t), 'test.db'))
  connection.close()
  t.doesNotThrow(() => checkpoint(connection))
})
