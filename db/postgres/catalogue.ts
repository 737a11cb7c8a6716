import type { FreshSpan } from '../encoding/product.ts'
import type { Position, ProductQuery } from '../store.ts'
import { statement, UNPREPARED } from './connection.ts'
import { PRODUCT_COLUMNS, PRODUCTS, type StoredRow } from './product-columns.ts'
import { type Queryable, readOne } from './reader.ts'
import { termQuery } from './terms.ts'

/** A part of a sorted list that one index yields in order. */
type ListSegment = 'all' | 'priced' | 'unpriced'

/** A product and its place in the list. */
export type ListedRow = StoredRow & Pick<Position, 'sortKey'>

/** The columns by which a segment is sorted; the last one is unique. */
function sortColumns({ sort }: ProductQuery, segment: ListSegment): string[] {
  if (segment === 'priced') return ['lowest_price', 'listings.product_key']
  return sort.endsWith('name') ? ['name_key', 'key'] : ['key']
}

/** Binds a value to the statement. Returns its placeholder, cast to a type. */
type Bind = (value: unknown, type: string) => string

function bindTo(values: unknown[]): Bind {
  return (value, type) => `$${values.push(value)}::${type}`
}

/** The conditions of a query, as SQL. */
function conditionsOf(query: ProductQuery, { since, until }: FreshSpan, bound: Bind): string[] {
  const { words, inStock, stale, registration, prices, tags = [], updatedSince } = query
  const conditions: string[] = []
  if (words.length > 0) conditions.push(`terms @@ ${bound(termQuery(words), 'tsquery')}`)
  if (registration) conditions.push(`registration = ${bound(registration, 'text')}`)
  // This holds for all pending products, and makes the planner use the index on `register_at`.
  if (registration === 'pending') conditions.push('register_at IS NOT NULL')
  if (stale !== undefined) {
    const span = `${bound(since, 'bigint')} AND ${bound(until, 'bigint')}`
    conditions.push(
      stale
        ? `(checked_at IS NULL OR checked_at NOT BETWEEN ${span})`
        : `checked_at BETWEEN ${span}`,
    )
  }
  if (prices) {
    const range = `${bound(prices.min, 'bigint')} AND ${bound(prices.max, 'bigint')}`
    conditions.push(`lowest_price BETWEEN ${range}`)
  }
  for (const tag of tags) {
    conditions.push(
      `key IN (SELECT product_key FROM product_tags WHERE tag = ${bound(tag, 'text')})`,
    )
  }
  if (updatedSince !== undefined) conditions.push(`updated_at >= ${bound(updatedSince, 'bigint')}`)
  if (inStock) conditions.push('lowest_price IS NOT NULL')
  return conditions
}

const whereOf = (conditions: string[]) =>
  conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''

/** Makes the statement that reads a page of a segment, with its values. */
function pageOf(
  query: ProductQuery,
  segment: ListSegment,
  after: Position | undefined,
  limit: number,
  fresh: FreshSpan,
) {
  const { sort, words, inStock, stale, registration, prices, tags, updatedSince } = query
  const values: unknown[] = []
  const bound = bindTo(values)
  const descending = sort.startsWith('-')
  const columns = sortColumns(query, segment)
  const conditions = conditionsOf(query, fresh, bound)
  if (segment === 'priced') conditions.push('lowest_price IS NOT NULL')
  if (segment === 'unpriced') conditions.push('lowest_price IS NULL')
  if (after) {
    const place = columns.map((column) => {
      if (column === 'name_key') return bound(after.sortKey, 'text')
      return bound(column === 'lowest_price' ? after.sortKey : after.key, 'bigint')
    })
    conditions.push(`(${columns}) ${descending ? '<' : '>'} (${place})`)
  }
  const [sortKey] = columns.length > 1 ? columns : ['NULL']
  const order = columns.map((column) => `${column} ${descending ? 'DESC' : 'ASC'}`)
  const text = `SELECT ${PRODUCT_COLUMNS}, ${sortKey} AS "sortKey" FROM ${PRODUCTS} ${whereOf(conditions)}
    ORDER BY ${order} LIMIT ${bound(limit, 'bigint')}`
  const flags = [inStock === true, stale, registration, segment, after !== undefined]
  // Which index is best depends on the values, so the statement is planned each time.
  const isSelective = words.length > 0 || prices || tags || updatedSince !== undefined
  const name = isSelective ? UNPREPARED : ['list', sort, ...flags].join(' ')
  return { statement: statement<ListedRow>(name, text), values }
}

/**
 * Reads one page of the catalogue. A list by price is read as two segments, products with a price and then those
 * without, since no index sorts NULLs last in both directions.
 */
export async function readPage(
  db: Queryable,
  query: ProductQuery,
  limit: number,
  fresh: FreshSpan,
): Promise<ListedRow[]> {
  const read = (segment: ListSegment, after: Position | undefined, limit: number) => {
    const page = pageOf(query, segment, after, limit, fresh)
    return db.query(page.statement, page.values)
  }
  const { after, inStock, prices } = query
  if (!query.sort.endsWith('price')) return read('all', after, limit)
  const priced = after?.sortKey === null ? [] : await read('priced', after, limit)
  // Neither filter matches products without a price.
  if (inStock || prices || priced.length === limit) return priced
  const from = after?.sortKey === null ? after : undefined
  return [...priced, ...(await read('unpriced', from, limit - priced.length))]
}

/** Joins the tables that the conditions of a query are about, but no others: joining all products takes long. */
function tablesOf({ stale, prices, inStock, ...query }: ProductQuery): string {
  const { words, registration, tags = [], updatedSince } = query
  const isWritten = words.length > 0 || tags.length > 0 || updatedSince !== undefined
  const tables = [
    ...(isWritten || registration ? [{ from: 'products', key: 'key' }] : []),
    ...(stale !== undefined ? [{ from: 'polls', key: 'polls.product_key' }] : []),
    ...(prices || inStock ? [{ from: 'listings', key: 'listings.product_key' }] : []),
  ]
  return tables.reduce(({ from, key }, next) => ({
    from: `${from} JOIN ${next.from} ON ${next.key} = ${key}`,
    key,
  })).from
}

/** Counts the products for which the conditions of a query hold. */
export async function countProducts(
  db: Queryable,
  query: ProductQuery,
  fresh: FreshSpan,
): Promise<number> {
  const values: unknown[] = []
  const conditions = conditionsOf(query, fresh, bindTo(values))
  const text =
    conditions.length > 0
      ? `SELECT count(*) AS total FROM ${tablesOf(query)} ${whereOf(conditions)}`
      : 'SELECT products AS total FROM feed'
  const { total } = await readOne(db, statement<{ total: number }>(UNPREPARED, text), values)
  return total
}
