import type { Database } from 'better-sqlite3'
import type { Finding } from '../../damage.ts'
import { DECODERS, type TableRow } from './decode.ts'
import { isDerived, meaningOf } from './parts.ts'
import { MISTAGGED } from './tags.ts'
import { COUNTED } from './totals.ts'
import { namesDiffer, wordsDiffer } from './words.ts'

/** A table or an index, as in the schema of a database. */
interface Tree {
  type: string
  name: string
  table: string
}

/**
 * Checks of the relations between tables, made after those of each table. Each returns what is wrong, or undefined.
 */
const RELATIONS: [table: string, problemIn: (db: Database) => string | undefined][] = [
  [
    'totals',
    (db) => textOf(db, `SELECT 'its counts are wrong' FROM totals WHERE NOT (${COUNTED})`),
  ],
  [
    'totals',
    (db) =>
      textOf(db, `SELECT count(*) || ' rows instead of one' FROM totals HAVING count(*) <> 1`),
  ],
  [
    'sqlite_sequence',
    (db) =>
      textOf(
        db,
        `SELECT 'lower than a key in use' FROM (
           SELECT max(key) AS used FROM products UNION SELECT max(key) FROM deleted_products)
         WHERE used > coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'products'), 0)`,
      ),
  ],
  ['product_tags', (db) => (hasTags(db) ? textOf(db, MISTAGGED) : undefined)],
  [
    'products_fts',
    (db) => (wordsDiffer(db) ? 'its words differ from those of the products' : undefined),
  ],
  [
    'products_name',
    (db) => (namesDiffer(db) ? 'its order differs from that of the names' : undefined),
  ],
  [
    'refreshes',
    (db) =>
      textOf(
        db,
        `SELECT 'a product has no row' FROM products
         WHERE NOT EXISTS (SELECT 1 FROM refreshes WHERE product_key = key)`,
      ),
  ],
]

/** Whether the database has tags; those of older versions do not. */
function hasTags(db: Database): boolean {
  const sql = "SELECT 'yes' FROM pragma_table_info('products') WHERE name = 'tags'"
  return textOf(db, sql) !== undefined
}

function textOf(db: Database, sql: string): string | undefined {
  return db.prepare<[], string>(sql).pluck().get()
}

/** What SQLite finds wrong with a table and its indexes, or with the whole file; undefined if nothing. */
function complaintOf(db: Database, argument: string): string | undefined {
  const said = attempt(() => db.pragma(`integrity_check(${argument})`, { simple: true }))
  const text = (said.error ?? String(said.value)).replace(/^\*+ in database main \*+\n/, '')
  return text === 'ok' ? undefined : text
}

function attempt<T>(run: () => T): { value?: T; error?: string } {
  try {
    return { value: run() }
  } catch (error) {
    return { error: (error as Error).message }
  }
}

/** Reads and decodes all rows of a table without its indexes. Throws if one cannot be read. */
function readAll(db: Database, table: string): void {
  const decode = DECODERS[table]
  const rows = db.prepare<[], TableRow>(`SELECT * FROM "${table}" NOT INDEXED`).raw().iterate()
  for (const row of rows) decode?.(row)
}

/** The indexes with corrupted pages, and those that SQLite's complaint names. */
function damagedIndexes(db: Database, indexes: Tree[], complaint: string): string[] {
  const isCorrupt = db.prepare("SELECT 1 FROM dbstat WHERE name = ? AND pagetype = 'corrupted'")
  const damaged = indexes.filter(({ name }) => {
    const { value, error } = attempt(() => isCorrupt.get(name))
    return value !== undefined || error !== undefined || complaint.includes(name)
  })
  return damaged.map(({ name }) => name)
}

function damageOfTable(db: Database, table: string, indexes: Tree[]): Finding[] {
  const means = meaningOf(table)
  // The full-text index has no rows of its own to decode.
  const { error } = table === 'products_fts' ? {} : attempt(() => readAll(db, table))
  if (error !== undefined) {
    return [{ part: table, means, detail: error, rebuildable: isDerived(table) }]
  }
  const complaint = complaintOf(db, `"${table}"`)
  if (complaint === undefined) return []
  const found = damagedIndexes(db, indexes, complaint)
  const parts = found.length > 0 ? found : [table]
  return parts.map((part) => ({
    part,
    means: part === table ? means : `the order or search of ${table} by an index`,
    detail: complaint,
    rebuildable: part !== table || isDerived(table),
  }))
}

/** Finds rows of products that do not exist. */
function orphans(db: Database): Finding[] {
  const { value = [] } = attempt(() =>
    db.prepare<[], string>('SELECT DISTINCT "table" FROM pragma_foreign_key_check').pluck().all(),
  )
  return value.map((part) => ({
    part,
    means: meaningOf(part),
    detail: 'rows that belong to no product',
    rebuildable: false,
  }))
}

function schemaOf(db: Database): Tree[] {
  return db.prepare<[], Tree>('SELECT type, name, tbl_name AS "table" FROM sqlite_schema').all()
}

/**
 * Finds all damage in a database: by SQLite's own checks, by decoding every row, and by comparing tables that must
 * agree. Does not block writers. Calls `onTable` with its progress.
 */
export function findDamage(
  db: Database,
  onTable: (done: number, total: number) => void = () => {},
): Finding[] {
  const schema = attempt(() => schemaOf(db))
  if (!schema.value) {
    const part = 'sqlite_schema'
    return [{ part, means: meaningOf(part), detail: String(schema.error), rebuildable: false }]
  }
  const tables = schema.value.filter(({ type }) => type === 'table')
  const found: Finding[] = []
  for (const [index, { name }] of tables.entries()) {
    const indexes = schema.value.filter(({ type, table }) => type === 'index' && table === name)
    found.push(...damageOfTable(db, name, indexes))
    onTable(index + 1, tables.length)
  }
  found.push(...orphans(db))
  // A comparison with a damaged table would always find differences.
  for (const [part, problemIn] of found.length > 0 ? [] : RELATIONS) {
    const { value, error } = attempt(() => problemIn(db))
    const detail = value ?? error
    if (detail === undefined) continue
    found.push({ part, means: meaningOf(part), detail, rebuildable: isDerived(part) })
  }
  const detail = found.length > 0 ? undefined : complaintOf(db, '1')
  if (detail !== undefined) {
    found.push({ part: 'free pages', means: 'no data', detail, rebuildable: true })
  }
  return found
}
