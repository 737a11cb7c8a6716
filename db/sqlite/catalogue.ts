import type { Database } from 'better-sqlite3'
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
} from '../../trimmed/drizzle.ts'
import type { FreshSpan, ProductRow } from '../encoding/product.ts'
import type { Position, ProductQuery } from '../store.ts'
import { named, type Prepared, prepare } from './prepared.ts'
import { productFields } from './rows.ts'
import { products, refreshes } from './schema.ts'
import { productTags } from './schema-tags.ts'
import { isTagged, type Selection, type Selector, valuesOf } from './selection.ts'

/** The full-text index; a hand-written migration creates it. */
const productsFts = sqliteTable('products_fts', {
  key: integer('rowid').notNull(),
  match: text('products_fts').notNull(),
})

/** A part of a sorted list that one index yields in order. */
type ListPart = 'all' | 'priced' | 'unpriced'

const { placeholder } = sql

/** The size of the statement cache: twice the number of lists without `stale` and `registration`. */
const MAX_PREPARED = 112

/** A fragment of SQL with parameters such as `@since`. */
function fragment(text: string) {
  const parts = text.split(/@(\w+)/)
  return sql.join(
    parts.map((part, index) => (index % 2 ? sql`${placeholder(part)}` : sql.raw(part))),
  )
}

/** A product and its place in the list. */
export type ListedRow = ProductRow & Pick<Position, 'key'> & Partial<Pick<Position, 'sortKey'>>

/** Whether the index of tags yields the products in the order of the list, so that nothing is sorted. */
const isInTagOrder = ({ sort }: ProductQuery, { rarest, from }: Selection) =>
  rarest !== undefined && sort.endsWith('created_at') && (!from || isTagged(from))

/** The columns by which a list is sorted; the last one is unique. */
function sortColumns(query: ProductQuery, selection: Selection) {
  const { sort, words } = query
  if (isInTagOrder(query, selection)) return [productTags.productKey]
  if (sort.endsWith('price')) return [refreshes.lowestPrice, refreshes.productKey]
  if (sort.endsWith('name')) return [products.nameKey, products.key]
  return [words.length > 0 ? productsFts.key : products.key] // The index yields its matches in this order.
}

/**
 * Makes the function that reads one page of the catalogue. Each combination of sort, conditions and start is prepared
 * on first use; the most recently used are cached.
 *
 * A list by price is read in two parts, first the products with a price and then those without, because no index has
 * NULLs last in both directions.
 */
export function catalogueReader(connection: Database, select: Selector) {
  const db = drizzle(connection)
  const columns = { ...productFields, ...named({ key: products.key }) }
  const prepared = new Map<string, Prepared<ListedRow>>()

  function prepareList(
    query: ProductQuery,
    selection: Selection,
    part: ListPart,
    resumed: boolean,
  ) {
    const { conditions, from } = selection
    const descending = query.sort.startsWith('-')
    const searching = query.words.length > 0
    const sorted = sortColumns(query, selection)
    const key = sorted.at(-1)
    const sortKey = sql<Position['sortKey']>`${sorted[0]}`.as('sortKey')
    const selected = { ...columns, ...(sorted.length > 1 && { sortKey }) }
    const comparison = sql.raw(descending ? '<' : '>')
    const after =
      sorted.length === 1 || part === 'unpriced'
        ? sql`${key} ${comparison} ${placeholder('key')}`
        : sql`(${sql.join(sorted, sql`, `)}) ${comparison} (${placeholder('sortKey')}, ${placeholder('key')})`
    const order = sorted.map(descending ? desc : asc)
    const joined = eq(refreshes.productKey, products.key)
    const holds = and(
      joined,
      ...conditions.map((condition) => fragment(condition.holds)),
      query.inStock || part === 'priced' ? isNotNull(refreshes.lowestPrice) : undefined,
      part === 'unpriced' ? isNull(refreshes.lowestPrice) : undefined,
      resumed ? after : undefined,
    )

    // SQLite does not reorder a CROSS JOIN. A search must start from the matches; the other way round, it would look
    // up every product in the full-text index.
    function searched() {
      const found = db.select(selected).from(productsFts).crossJoin(products).crossJoin(refreshes)
      const matches = eq(productsFts.match, placeholder('match'))
      return found.where(and(eq(products.key, productsFts.key), matches, holds))
    }

    function tagged() {
      const found = db.select(selected).from(productTags).crossJoin(products).crossJoin(refreshes)
      const isTagged = eq(productTags.tag, placeholder('rarest'))
      return found.where(and(eq(products.key, productTags.productKey), isTagged, holds))
    }

    function lookedUp(keys: string) {
      // Only the keys are sorted, because sorting whole rows takes several times as long.
      const found = db
        .select({ key: sql`${products.key}`.as('key') })
        .from(sql`(${fragment(keys)}) AS wanted`)
        .crossJoin(products)
        .crossJoin(refreshes)
        .where(and(sql`${products.key} = wanted.key`, holds))
        .orderBy(...order)
        .limit(placeholder('limit'))
      return db
        .select(selected)
        .from(sql`(${found}) AS found`)
        .crossJoin(products)
        .crossJoin(refreshes)
        .where(and(sql`${products.key} = found.key`, joined))
    }

    function inOrder() {
      return db.select(selected).from(products).innerJoin(refreshes, sql`true`).where(holds)
    }

    function rows() {
      if (searching) return searched()
      if (isInTagOrder(query, selection)) return tagged()
      return from ? lookedUp(from.keys) : inOrder()
    }

    const list = rows()
      .orderBy(...order)
      .limit(placeholder('limit'))
    return prepare(connection, list)
  }

  return (query: ProductQuery, limit: number, fresh: FreshSpan): ListedRow[] => {
    const selection = select(query, fresh)
    const values = { ...fresh, ...valuesOf(query), rarest: selection.rarest }

    function read(part: ListPart, after: Position | undefined, limit: number): ListedRow[] {
      const { sort, words, inStock } = query
      const name = [sort, words.length > 0, !inStock, selection.name, part, !after].join()
      const statement =
        prepared.get(name) ?? prepareList(query, selection, part, after !== undefined)
      prepared.delete(name)
      prepared.set(name, statement)
      if (prepared.size > MAX_PREPARED) prepared.delete(String(prepared.keys().next().value))
      return statement.all({ ...values, limit, ...after })
    }

    const { after } = query
    if (!query.sort.endsWith('price')) return read('all', after, limit)
    const priced = after?.sortKey === null ? [] : read('priced', after, limit)
    // Neither filter matches products without a price.
    if (query.inStock || query.prices || priced.length === limit) return priced
    const from = after?.sortKey === null ? after : undefined
    return [...priced, ...read('unpriced', from, limit - priced.length)]
  }
}
