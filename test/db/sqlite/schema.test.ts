import { join } from 'node:path'
import Database from 'better-sqlite3'
import { getTableName } from 'drizzle-orm'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import t from 'tap'
import { migrate } from '../../../db/sqlite/migrate.ts'
import * as mainSchema from '../../../db/sqlite/schema.ts'
import * as alertTables from '../../../db/sqlite/schema-alerts.ts'
import * as tagTables from '../../../db/sqlite/schema-tags.ts'
import { temporaryFolder } from '../../helper.ts'

t.test('the migrations make the tables, columns and indexes of the schema', async (t) => {
  const path = join(await temporaryFolder(t), 'test.db')
  migrate(path)
  const db = new Database(path)
  t.teardown(() => db.close())

  const tables: SQLiteTable[] = Object.values({ ...mainSchema, ...alertTables, ...tagTables })
  t.ok(tables.length >= 6)
  for (const table of tables) {
    const { name, columns, indexes, foreignKeys } = getTableConfig(table)
    const made = db.prepare('SELECT name, type FROM pragma_table_info(?)').all(name)
    t.same(
      made,
      columns.map((column) => ({ name: column.name, type: column.getSQLType().toUpperCase() })),
      name,
    )
    const madeIndexes = db
      .prepare("SELECT name FROM pragma_index_list(?) WHERE origin = 'c' ORDER BY name")
      .pluck()
      .all(name)
    const madeReferences = db
      .prepare('SELECT "table" FROM pragma_foreign_key_list(?) ORDER BY "table"')
      .pluck()
      .all(name)
    const references = foreignKeys.map((key) => getTableName(key.reference().foreignTable))
    t.same(madeReferences, references.sort(), name)
    const unique = columns.filter((column) => column.isUnique).map((column) => column.uniqueName)
    t.same(madeIndexes, [...indexes.map((index) => index.config.name), ...unique].sort(), name)
  }
})
