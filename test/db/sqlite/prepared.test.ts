import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { named, prepare } from '../../../db/sqlite/prepared.ts'
import { asc, drizzle, integer, sql, sqliteTable } from '../../../trimmed/drizzle.ts'

const numbers = sqliteTable('numbers', { value: integer().notNull() })

/** A database with the numbers from 1 to 3, and the query for all of them. */
function start(t: Test) {
  const connection = new Database(':memory:')
  t.teardown(() => connection.close())
  connection.exec('CREATE TABLE numbers (value INTEGER); INSERT INTO numbers VALUES (1), (2), (3)')
  const query = drizzle(connection)
    .select(named({ value: numbers.value }))
    .from(numbers)
  return { connection, query: query.orderBy(asc(numbers.value)) }
}

t.test('values that a query has itself stay in place among those that are bound', async (t) => {
  const { connection, query } = start(t)
  const first = query.where(sql`value > ${sql.placeholder('above')}`).limit(1)
  t.same(prepare(connection, first).all({ above: 1 }), [{ value: 2 }])
})

t.test('a query without values needs none', async (t) => {
  const { connection, query } = start(t)
  const all = prepare(connection, query)
  t.same(all.get(), { value: 1 })
  t.equal(all.all().length, 3)
})
