import { WRITTEN_FIELDS } from '../../../schemas/product-fields.ts'
import { sortKey } from '../../../search/sort-key.ts'
import type { IdentifiedProduct } from '../../encoding/product.ts'
import { isChanged, tagsOf, type WrittenRow } from '../../encoding/written.ts'
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
import type { AlertLog } from './alert-log.ts'
import { lockExternalIds, lockId, lockIds, readLocked } from './locks.ts'

const ARRAYS = WRITTEN_FIELDS.map((_, index) => `$${index + 7}::text[]`)

interface InsertedRow {
  key: number
  id: string
  createdAt: number
}

// Leaves out products whose external id is taken. Waits if another instance has inserted one and not committed yet.
const insertAll = statement<InsertedRow>(
  'products-insert',
  `WITH made AS (
     INSERT INTO products
       (id, name_key, terms, created_at, updated_at, register_at, ${WRITTEN_FIELDS})
     SELECT id, name_key, terms::tsvector, at, at, $6, ${WRITTEN_FIELDS}
     FROM (SELECT greatest($4::bigint, $5::bigint, created_at) AS at FROM feed) AS last,
       unnest($1::text[], $2::text[], $3::text[], ${ARRAYS}) WITH ORDINALITY
         AS row (id, name_key, terms, ${WRITTEN_FIELDS}, place)
     ORDER BY place
     ON CONFLICT (external_id) WHERE external_id IS NOT NULL DO NOTHING
     RETURNING key, id, created_at, tags
   ), polled AS (INSERT INTO polls (product_key) SELECT key FROM made
   ), listed AS (INSERT INTO listings (product_key) SELECT key FROM made
   ), tagged AS (
     INSERT INTO product_tags (tag, product_key, since)
     SELECT tag, key, created_at FROM made, json_array_elements_text(tags::json) AS tag)
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

const SET = WRITTEN_FIELDS.map((column, index) => `${column} = $${index + 5}`)

const update = statement(
  'product-update',
  `UPDATE products SET name_key = $2, terms = $3::tsvector, updated_at = greatest(updated_at, $4),
     version = version + 1, ${SET}
   WHERE key = $1`,
)

const retag = statement<{ tag: string }>(
  'product-retag',
  // If the product gets the tag again, the alerts about it start from scratch.
  `WITH gone AS (
     DELETE FROM product_tags WHERE product_key = $1 AND tag <> ALL ($2::text[]) RETURNING tag
   ), forgotten AS (
     DELETE FROM alert_states WHERE product_key = $1
       AND alert_id IN (SELECT id FROM alerts WHERE tag IN (SELECT tag FROM gone)))
   INSERT INTO product_tags (tag, product_key, since)
   SELECT tag, $1, $3 FROM unnest($2::text[]) AS tag ON CONFLICT DO NOTHING RETURNING tag`,
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
    ...WRITTEN_FIELDS.map((column) => items.map((item) => item[column])),
  ])
}

/** Changes a locked product. Returns the updated product. */
export async function changeRow(
  transaction: Transaction,
  alerts: AlertLog,
  row: StoredRow,
  next: WrittenRow,
  at: number,
): Promise<StoredRow> {
  const { query, feed } = transaction
  const { key } = row
  if (isChanged(row, next)) {
    const values = WRITTEN_FIELDS.map((column) => next[column])
    await query(update, [key, sortKey(next.name), termVector(next), at, ...values])
    const isRetagged = row.tags !== next.tags
    const gained = isRetagged ? await query(retag, [key, tagsOf(next), at]) : []
    feed.product('product.updated', key, at, isRetagged ? row.tags : null)
    const tags = gained.map(({ tag }) => tag)
    if (tags.length > 0) await alerts.tagged(transaction, key, tags, at)
  }
  if (row.registration === 'rejected') {
    await query(reopenRegistration, [key, at])
    feed.count({ pending: 1 })
  }
  return readOne(transaction, selectProduct, [row.id])
}
