import type { Database } from 'better-sqlite3'
import type { Position, ProductQuery } from '../store.ts'
import {
  and,
  asc,
  desc,
  drizzle,
  eq,
  integer,
  isNotNull,
  isNull,
  sql,
  sqliteTable,
  text,
} from './drizzle.ts'
import { named, type Prepared, prepare } from './prepared.ts'
import { type ProductRow, productColumns } from './rows.ts'
import { products, refreshes } from './schema.ts'

/** The full-text index over name and description, which a migration makes by hand. */
const productsFts = sqliteTable('products_fts', {
  key: integer('rowid').notNull(),
  match: text('products_fts').notNull(),
})

/** A stretch of a sorted list that one index yields in order. */
type Stretch = 'all' | 'priced' | 'unpriced'

const { placeholder } = sql

/** A product and its place in the list. */
export type ListedRow = ProductRow & Pick<Position, 'key'> & Partial<Pick<Position, 'sortKey'>>

/** The columns that a list is sorted by, the last one unique. */
function sortColumns({ sort, words }: ProductQuery) {
  if (sort.endsWith('price')) return [refreshes.lowestPrice, refreshes.productKey]
  if (sort.endsWith('name')) return [products.nameKey, products.key]
  return [words.length > 0 ? productsFts.key : products.key] // The index yields its matches in this order.
}

/**
 * Gives the function that reads one page of the catalogue. Each combination of sort, conditions and
 * start is prepared when first asked for and kept: there are at most 56.
 *
 * A list by price is read as two stretches, those with a price and behind them those without, since
 * no index holds NULLs last in both directions.
 */
export function catalogueReader(connection: Database) {
  const db = drizzle(connection)
  const columns = named({ ...productColumns, key: products.key })
  const prepared = new Map<string, Prepared<ListedRow>>()

  function prepareList(query: ProductQuery, stretch: Stretch, resumed: boolean) {
    const descending = query.sort.startsWith('-')
    const searching = query.words.length > 0
    const sorted = sortColumns(query)
    const key = sorted.at(-1)
    const sortKey = sql<Position['sortKey']>`${sorted[0]}`.as('sortKey')
    const selected = { ...columns, ...(sorted.length > 1 && { sortKey }) }
    const than = sql.raw(descending ? '<' : '>')
    const behind =
      sorted.length === 1 || stretch === 'unpriced'
        ? sql`${key} ${than} ${placeholder('key')}`
        : sql`(${sql.join(sorted, sql`, `)}) ${than} (${placeholder('sortKey')}, ${placeholder('key')})`
    // Cross joins keep their order: a search goes from the matches to the rows, and never asks the
    // full-text index about each row.
    const from = searching
      ? db.select(selected).from(productsFts).crossJoin(products).crossJoin(refreshes)
      : db.select(selected).from(products).innerJoin(refreshes, sql`true`)
    const list = from
      .where(
        and(
          eq(refreshes.productKey, products.key),
          searching ? eq(products.key, productsFts.key) : undefined,
          searching ? eq(productsFts.match, placeholder('match')) : undefined,
          query.inStock || stretch === 'priced' ? isNotNull(refreshes.lowestPrice) : undefined,
          stretch === 'unpriced' ? isNull(refreshes.lowestPrice) : undefined,
          resumed ? behind : undefined,
        ),
      )
      .orderBy(...sorted.map(descending ? desc : asc))
      .limit(placeholder('limit'))
    return prepare(connection, list)
  }

  function read(
    query: ProductQuery,
    stretch: Stretch,
    after: Position | undefined,
    limit: number,
  ): ListedRow[] {
    const name = [query.sort, query.words.length > 0, !query.inStock, stretch, !after].join()
    const statement = prepared.get(name) ?? prepareList(query, stretch, after !== undefined)
    prepared.set(name, statement)
    const match = query.words.map((word) => `"${word}"*`).join(' ')
    return statement.all({ match, limit, ...after })
  }

  return (query: ProductQuery, limit: number): ListedRow[] => {
    const { after } = query
    if (!query.sort.endsWith('price')) return read(query, 'all', after, limit)
    const priced = after?.sortKey === null ? [] : read(query, 'priced', after, limit)
    if (query.inStock || priced.length === limit) return priced
    const from = after?.sortKey === null ? after : undefined
    return [...priced, ...read(query, 'unpriced', from, limit - priced.length)]
  }
}
