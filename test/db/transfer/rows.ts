/** Databases with a row of each kind, for tests that compare all of their columns. */
import Database from 'better-sqlite3'
import { migrate } from '../../../db/sqlite/migrate.ts'
import { LAYOUT } from '../../../db/sqlite/transfer/layout.ts'
import { partsOf } from '../../../db/transfer/layout.ts'
import { fieldsOf, keyOf, RECORD_NAMES, type Value } from '../../../db/transfer/records.ts'

interface Column {
  name: string
  notnull: number
  pk: number
}

/** How many rows each table has, but for those that have one. */
export const ROWS = 5

/** Tables with one row at most. */
const SINGLE = ['credentials', 'pauses']

const REGISTRATIONS = ['pending', 'registered', 'rejected']

/** A value that no other column has, in the nth row. */
function valueFor(place: number, name: string, kind: string | undefined, n: number): Value {
  if (name === 'key' || name === 'product_key') return n
  if (name === 'registration') return REGISTRATIONS[n % REGISTRATIONS.length] ?? ''
  if (name === 'kind') return n % 4
  if (kind === 'flag') return n % 2
  if (kind === 'number') return (place + 1) * 10 + n + 2 ** 40 * (name.endsWith('_at') ? 1 : 0)
  if (kind === 'bytes') return Buffer.from([0, place, 0xff, n])
  return `ž\\'"\t\n{${place}, ${n}}`
}

/** Makes a database whose tables have rows with a different value in each column; every other row has nulls. */
export function makeRows(path: string): void {
  migrate(path)
  const db = new Database(path)
  const parts = RECORD_NAMES.flatMap((record) =>
    partsOf(LAYOUT, record).map((part) => ({ ...part, record })),
  )
  for (const { table, fields, record, made = {} } of parts) {
    const kinds = new Map(fieldsOf(record))
    const columns = db.prepare<[string], Column>('SELECT * FROM pragma_table_info(?)').all(table)
    const names = [...fields, ...Object.keys(made)]
    const insert = db.prepare(`INSERT INTO ${table} (${names}) VALUES (${names.map(() => '?')})`)
    for (let n = 1; n <= (SINGLE.includes(table) ? 1 : ROWS); n++) {
      const row = Object.fromEntries(
        fields.map((name, place): [string, Value] => {
          const column = columns.find((column) => column.name === name)
          const isNullable = column?.notnull === 0 && column.pk === 0
          return [
            name,
            n % 2 === 0 && isNullable ? null : valueFor(place, name, kinds.get(name), n),
          ]
        }),
      )
      insert.run(...Object.values(row), ...Object.values(made).map((make) => make(row)))
    }
  }
  db.exec(
    `UPDATE totals SET compacted_seq = 3, products = (SELECT count(*) FROM products),
       pending = (SELECT count(*) FROM products WHERE registration = 'pending'),
       registered = (SELECT count(*) FROM products WHERE registration = 'registered'),
       offers = (SELECT sum(offers_count) FROM refreshes);
     UPDATE sqlite_sequence SET seq = 77 WHERE name = 'products'`,
  )
  db.close()
}

/** All rows of a database, by record and by table. */
export function rowsOf(path: string): Record<string, unknown[]> {
  const db = new Database(path, { readonly: true })
  const tables = RECORD_NAMES.flatMap((record) =>
    partsOf(LAYOUT, record).map(({ table }) => ({ table, key: keyOf(record).join() })),
  )
  const rows = tables.map(({ table, key }): [string, unknown[]] => [
    table,
    db.prepare(`SELECT * FROM ${table} ORDER BY ${key}`).all(),
  ])
  const totals = ['totals', 'sqlite_sequence'].map((table): [string, unknown[]] => [
    table,
    db.prepare(`SELECT * FROM ${table}`).all(),
  ])
  db.close()
  return Object.fromEntries([...rows, ...totals])
}
