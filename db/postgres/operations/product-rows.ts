import { changedFields, FIELD_NAMES, type ProductTexts } from '../../../schemas/product-fields.ts'
import { sortKey } from '../../../search/sort-key.ts'
import type { IdentifiedProduct } from '../../encoding/product.ts'
import { statement } from '../connection.ts'
import type { Transaction } from '../group-commit.ts'
import {
  NO_REGISTRATION_FAILURE,
  PRODUCT_COLUMNS,
  PRODUCTS,
  type StoredRow,
} from '../product-columns.ts'
import { readOne } from '../reader.ts'
import { selectByIds, selectProduct } from '../reads.ts'
import { termVector } from '../terms.ts'
import { lockExternalIds, lockId, lockIds, readLocked } from './locks.ts'

const TEXTS = FIELD_NAMES.map((_, index) => `$${index + 7}::text[]`)

interface InsertedRow {
  key: number
  id: string
  createdAt: number
}

// A product whose external id is taken is left out. The insert waits for one that another instance has not
// committed yet.
const insertAll = statement<InsertedRow>(
  'products-insert',
  `WITH made AS (
     INSERT INTO products
       (id, name_key, terms, created_at, updated_at, register_at, ${FIELD_NAMES})
     SELECT id, name_key, terms::tsvector, at, at, $6, ${FIELD_NAMES}
     FROM (SELECT greatest($4::bigint, $5::bigint, created_at) AS at FROM feed) AS last,
       unnest($1::text[], $2::text[], $3::text[], ${TEXTS}) WITH ORDINALITY
         AS row (id, name_key, terms, ${FIELD_NAMES}, place)
     ORDER BY place
     ON CONFLICT (external_id) WHERE external_id IS NOT NULL DO NOTHING
     RETURNING key, id, created_at
   ), polled AS (INSERT INTO polls (product_key) SELECT key FROM made
   ), listed AS (INSERT INTO listings (product_key) SELECT key FROM made)
   SELECT key, id, created_at AS "createdAt" FROM made ORDER BY key`,
)

const selectByExternalIds = statement<StoredRow>(
  'products-by-external-ids',
  `SELECT ${PRODUCT_COLUMNS} FROM ${PRODUCTS} WHERE external_id = ANY($1::text[])`,
)

const selectHolder = statement<{ key: number; id: string }>(
  'product-holder',
  'SELECT key, id FROM products WHERE external_id = $1',
)

const SET_TEXTS = FIELD_NAMES.map((field, index) => `${field} = $${index + 5}`)

const updateTexts = statement(
  'product-update',
  `UPDATE products SET name_key = $2, terms = $3::tsvector, updated_at = greatest(updated_at, $4),
     version = version + 1, ${SET_TEXTS}
   WHERE key = $1`,
)

const reopenRegistration = statement(
  'product-reopen',
  `UPDATE products SET registration = 'pending', registration_reason = NULL, register_at = $2,
     ${NO_REGISTRATION_FAILURE}
   WHERE key = $1`,
)

/** Finds and locks a product. */
export async function lockById(transaction: Transaction, id: string) {
  const [row] = await readLocked(transaction, lockId, selectProduct, id)
  return row
}

/** Finds and locks products; returns them by id. */
export async function lockByIds(transaction: Transaction, ids: string[]) {
  const rows = await readLocked(transaction, lockIds, selectByIds, ids)
  return new Map(rows.map((row) => [row.id, row]))
}

/** Finds and locks the products that have these external ids; returns them by external id. */
export async function lockByExternalId(transaction: Transaction, externalIds: (string | null)[]) {
  if (externalIds.length === 0) return new Map<string | null, StoredRow>()
  const rows = await readLocked(transaction, lockExternalIds, selectByExternalIds, externalIds)
  return new Map(rows.map((row) => [row.external_id, row]))
}

/** The product that has an external id. */
export async function holderOf({ query }: Transaction, externalId: string) {
  const [row] = await query(selectHolder, [externalId])
  return row
}

/**
 * Inserts products whose registrations are due at `registerAt`, but for those whose external id is taken. Returns
 * the inserted ones in order.
 */
export function insertRows(
  { query, feed }: Transaction,
  items: IdentifiedProduct[],
  registerAt: number,
): Promise<InsertedRow[]> {
  return query(insertAll, [
    items.map(({ id }) => id),
    items.map(({ name }) => sortKey(name)),
    items.map(termVector),
    registerAt,
    feed.createdAt,
    registerAt,
    ...FIELD_NAMES.map((field) => items.map((item) => item[field])),
  ])
}

/** Changes a locked product, and returns it as it is then. */
export async function changeRow(
  transaction: Transaction,
  row: StoredRow,
  next: ProductTexts,
  at: number,
): Promise<StoredRow> {
  const { query, feed } = transaction
  const { key } = row
  if (changedFields(row, next).length > 0) {
    const texts = FIELD_NAMES.map((field) => next[field])
    await query(updateTexts, [key, sortKey(next.name), termVector(next), at, ...texts])
    feed.product('product.updated', key, at)
  }
  if (row.registration === 'rejected') {
    await query(reopenRegistration, [key, at])
    feed.count({ pending: 1 })
  }
  return readOne(transaction, selectProduct, [row.id])
}
