import Database from 'better-sqlite3'
import { decodeChanges, POLL } from '../../encoding/changes.ts'
import { migrate } from '../migrate.ts'
import { indexAll } from '../search-index.ts'
import { TAG } from './tags.ts'
import { COUNT } from './totals.ts'

/** Tables that the service can do without; their rows are copied if they can be read. */
const DISPENSABLE = ['secrets', 'idempotency_keys']

/** Tables whose rows need not be readable. All others must be. */
const NOT_COPIED = new RegExp(
  `^(product_tags|products_fts.*|sqlite_.*|__drizzle_migrations|search_state|totals|${DISPENSABLE.join('|')})$`,
)

/** The damaged database, which is only read, and the new one. */
interface Pair {
  from: Database.Database
  to: Database.Database
}

/** Runs a copy whose source may be damaged. If it cannot be read, the new table stays as it was created. */
function ifReadable(run: () => void): void {
  try {
    run()
  } catch {
    // See above.
  }
}

/** Copies the rows of a table without using its indexes, which may be damaged. */
function copyRows({ from, to }: Pair, table: string): void {
  const select = from.prepare<[], unknown[]>(`SELECT * FROM ${table} NOT INDEXED`)
  select.raw().safeIntegers()
  const values = select.columns().map(() => '?')
  const insert = to.prepare(`INSERT INTO ${table} VALUES (${values.join()})`)
  for (const row of select.iterate()) insert.run(...row)
}

function tablesOf(db: Database.Database): string[] {
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .all()
  return tables.filter((name) => !NOT_COPIED.test(name))
}

function schemaOf(db: Database.Database): string {
  const made = db.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').raw().all()
  return JSON.stringify(made)
}

/** The `seq` of the last change that was deleted from the feed. */
function compactedSeq({ from, to }: Pair): number {
  const first = to
    .prepare<[], { seq: number; kind: number; offers: Buffer; alert: string | null }>(
      'SELECT seq, kind, offers, alert FROM changes ORDER BY seq LIMIT 1',
    )
    .get()
  if (first) {
    const isPoll = first.kind === POLL && first.alert === null
    return first.seq - (isPoll ? decodeChanges(first.offers).length : 1)
  }
  try {
    return Number(from.prepare('SELECT compacted_seq FROM totals').pluck().get())
  } catch (cause) {
    // Clients resume the feed by `seq`, so its numbers must not start again.
    throw new Error('the number of the last change is lost', { cause })
  }
}

/** Sets the sequence to the largest key ever used, because keys are never reused. */
function setSequence({ from, to }: Pair): void {
  const last = (db: Database.Database, sql: string) => Number(db.prepare(sql).pluck().get())
  let seq = Math.max(
    ...[
      'max(key) FROM products',
      'max(key) FROM deleted_products',
      'max(product_key) FROM changes',
    ].map((select) => last(to, `SELECT ${select}`)),
  )
  ifReadable(() => {
    seq = Math.max(seq, last(from, "SELECT max(seq) FROM sqlite_sequence WHERE name = 'products'"))
  })
  to.exec("DELETE FROM sqlite_sequence WHERE name = 'products'")
  to.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('products', ?)").run(seq)
}

function fill(pair: Pair): void {
  const { to } = pair
  to.pragma('foreign_keys = OFF') // They are checked at the end.
  to.exec('BEGIN')
  for (const table of tablesOf(to)) copyRows(pair, table)
  for (const table of DISPENSABLE) ifReadable(() => copyRows(pair, table))
  to.exec(TAG)
  to.prepare('UPDATE totals SET compacted_seq = ?').run(compactedSeq(pair))
  to.exec(COUNT)
  setSequence(pair)
  to.exec('COMMIT')
  for (const _ of indexAll(to));
}

/**
 * Creates a new database at `path` from a damaged one. Indexes, the full-text index and counts are rebuilt. Throws if
 * a table that cannot be rebuilt cannot be read either.
 */
export function rebuild(damaged: string, path: string): void {
  migrate(path)
  const to = new Database(path)
  try {
    const from = new Database(damaged, { readonly: true, fileMustExist: true })
    try {
      if (schemaOf(from) !== schemaOf(to)) {
        throw new Error(
          'it was made by another version of the service; rebuild it with that version',
        )
      }
      fill({ from, to })
      to.pragma('journal_mode = DELETE') // One file, until the service opens it.
    } finally {
      from.close()
    }
  } finally {
    to.close()
  }
}
