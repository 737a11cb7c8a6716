import type { Database } from 'better-sqlite3'
import type { Column, GetColumnData, SQL } from 'drizzle-orm'
import { is, Placeholder, sql } from '../../trimmed/drizzle.ts'

type Named<Columns extends Record<string, Column>> = {
  [Name in keyof Columns]: SQL.Aliased<GetColumnData<Columns[Name]>>
}

/** Aliases columns with their names in `columns`, so that `prepare` returns rows with these properties. */
export function named<Columns extends Record<string, Column>>(columns: Columns): Named<Columns> {
  const entries = Object.entries(columns)
  const aliased = entries.map(([name, column]) => [name, sql`${column}`.as(name)])
  return Object.fromEntries(aliased) as Named<Columns> // `Object.entries` loses which column belongs to which name.
}

/** A query built by drizzle. */
interface Query<Row> {
  readonly _: { readonly result: Row[] }
  toSQL(): { sql: string; params: unknown[] }
}

/** The values of the placeholders, by name. */
type Values = Record<string, unknown>

/** A query that is prepared once and run many times. */
export interface Prepared<Row> {
  get(values?: Values): Row | undefined
  all(values?: Values): Row[]
}

/**
 * Prepares a query built by drizzle, but leaves making the row objects to better-sqlite3: drizzle takes longer to map
 * rows than SQLite takes to read them. The query must select its columns through `named`.
 */
export function prepare<Row>(connection: Database, query: Query<Row>): Prepared<Row> {
  const { sql: text, params } = query.toSQL()
  const statement = connection.prepare<unknown[], Row>(text)
  const names = params.map((param) => (is(param, Placeholder) ? param.name : undefined))
  const bound = (values: Values) =>
    names.map((name, index) => (name === undefined ? params[index] : values[name]))
  return {
    get: (values = {}) => statement.get(...bound(values)),
    all: (values = {}) => statement.all(...bound(values)),
  }
}
