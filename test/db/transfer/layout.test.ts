/** That `migrate-to` forgets no column: the databases of both engines against what it says of them. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { LAYOUT as POSTGRES } from '../../../db/postgres/transfer/layout.ts'
import { migrate } from '../../../db/sqlite/migrate.ts'
import { LAYOUT as SQLITE } from '../../../db/sqlite/transfer/layout.ts'
import { type Layout, partsOf } from '../../../db/transfer/layout.ts'
import { fieldsOf, RECORD_NAMES } from '../../../db/transfer/records.ts'
import { temporaryFolder } from '../../helper.ts'
import { execute, postgresDatabase } from '../../postgres/database.ts'

interface Column {
  table: string
  name: string
}

async function columnsOfSqlite(t: Test): Promise<Column[]> {
  const path = join(await temporaryFolder(t), 'test.db')
  migrate(path)
  const db = new Database(path)
  const tables = `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow'
    AND name <> 'sqlite_schema'`
  const columns = db
    .prepare<[], Column>(
      `SELECT tables.name AS "table", columns.name
       FROM (${tables}) AS tables, pragma_table_xinfo(tables.name) AS columns WHERE hidden = 0`,
    )
    .all()
  db.close()
  return columns
}

async function columnsOfPostgres(t: Test): Promise<Column[]> {
  const { rows } = await execute(
    await postgresDatabase(t),
    `SELECT table_name AS "table", column_name AS name FROM information_schema.columns
     WHERE table_schema = current_schema()`,
  )
  return rows
}

/** The columns of a table that a layout makes or copies. */
function known(layout: Layout, table: string): string[] {
  const parts = RECORD_NAMES.flatMap((record) => partsOf(layout, record))
  const copied = parts
    .filter((part) => part.table === table)
    .flatMap(({ fields, made = {} }) => [...fields, ...Object.keys(made)])
  return [...copied, ...(layout.derived[table] ?? [])]
}

const ENGINES = [
  ['sqlite', SQLITE, columnsOfSqlite],
  ['postgres', POSTGRES, columnsOfPostgres],
] as const

for (const [engine, layout, columnsOf] of ENGINES) {
  const WHAT_TO_DO =
    'so migrate-to loses it. Add it to db/transfer/records.ts if both engines have it. If the other engine keeps ' +
    `it differently or not at all, say in db/${engine}/transfer/layout.ts how it is made, or why it is not copied`

  t.test(
    `${engine}: each column is copied, made from others, or named as not copied`,
    async (t) => {
      const columns = await columnsOf(t)
      t.ok(columns.length > 0)
      for (const { table, name } of columns) {
        if (table in layout.notCopied || `${table}.${name}` in layout.notCopied) continue
        if (!known(layout, table).includes(name))
          t.fail(`${table}.${name} is not copied, ${WHAT_TO_DO}`)
      }
    },
  )

  t.test(`${engine}: what the layout names is there`, async (t) => {
    const columns = new Set(
      (await columnsOf(t)).flatMap(({ table, name }) => [table, `${table}.${name}`]),
    )
    for (const name of Object.keys(layout.notCopied)) t.ok(columns.has(name), name)
    const parts = RECORD_NAMES.flatMap((record) => partsOf(layout, record))
    for (const table of [...parts.map((part) => part.table), ...Object.keys(layout.derived)]) {
      for (const name of known(layout, table)) t.ok(columns.has(`${table}.${name}`), name)
    }
  })

  t.test(`${engine}: each field of a record is kept in a table`, async (t) => {
    for (const record of RECORD_NAMES) {
      const kept = new Set(partsOf(layout, record).flatMap(({ fields }) => fields))
      t.strictSame(
        [...kept].sort(),
        fieldsOf(record)
          .map(([field]) => field)
          .sort(),
        record,
      )
    }
  })
}
