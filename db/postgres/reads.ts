import type { Credentials, Freshness, Totals } from '../store.ts'
import { statement } from './connection.ts'
import type { KeyedReads } from './grouped-reads.ts'
import { PRODUCT_COLUMNS, PRODUCTS, type StoredRow } from './product-columns.ts'
import { type Queryable, readOne } from './reader.ts'

/**
 * The condition that a column has one of the texts of `$1`. The subquery hides how many there are from the planner, so
 * that one plan serves all numbers and need not be made again.
 */
const isAmong = (column: string) => `${column} = ANY((SELECT $1::text[])::text[])`

export const selectByIds = statement<StoredRow>(
  'products-by-ids',
  `SELECT ${PRODUCT_COLUMNS} FROM ${PRODUCTS} WHERE ${isAmong('id')}`,
)

export const selectProduct = statement<StoredRow>(
  'product',
  `SELECT ${PRODUCT_COLUMNS} FROM ${PRODUCTS} WHERE id = $1`,
)

/** Reads products by id. */
export const productsById: KeyedReads<StoredRow> = {
  one: selectProduct,
  many: selectByIds,
  keyOf: ({ id }) => id,
}

/** Reads products by their external id. */
export const productsByExternalId: KeyedReads<StoredRow> = {
  one: statement(
    'product-by-external-id',
    `SELECT ${PRODUCT_COLUMNS} FROM ${PRODUCTS} WHERE external_id = $1`,
  ),
  many: statement(
    'products-by-external-ids',
    `SELECT ${PRODUCT_COLUMNS} FROM ${PRODUCTS} WHERE ${isAmong('external_id')}`,
  ),
  keyOf: ({ external_id }) => external_id,
}

export const selectKey = statement<{ key: number; checkedAt: number | null }>(
  'product-key',
  `SELECT key, checked_at AS "checkedAt" FROM products JOIN polls ON product_key = key WHERE id = $1`,
)

export const selectKeys = statement<{ id: string; key: number }>(
  'product-keys',
  'SELECT id, key FROM products WHERE id = ANY($1::text[])',
)

/** Reads the offers of products by their id. */
export const offersById: KeyedReads<{ id: string; checkedAt: number | null; offers: string }> = {
  one: statement(
    'product-offers',
    `SELECT id, checked_at AS "checkedAt", offers FROM ${PRODUCTS} WHERE id = $1`,
  ),
  many: statement(
    'products-offers',
    `SELECT id, checked_at AS "checkedAt", offers FROM ${PRODUCTS} WHERE ${isAmong('id')}`,
  ),
  keyOf: ({ id }) => id,
}

export const selectTotals = statement<Totals>(
  'totals',
  'SELECT products, pending, registered, offers FROM feed',
)

export const selectLastSeq = statement<{ seq: number }>('last-seq', 'SELECT seq FROM feed')

/** When the last registration is due. */
export const selectLatestRegistration = statement<{ dueAt: number | null }>(
  'latest-registration',
  'SELECT max(register_at) AS "dueAt" FROM products WHERE register_at IS NOT NULL',
)

export const selectCredentials = statement<Credentials>(
  'credentials',
  `SELECT account, access_token AS "accessToken", expires_at AS "expiresAt" FROM credentials`,
)

export const selectSecret = statement<{ value: Buffer }>(
  'secret',
  'SELECT value FROM secrets WHERE name = $1',
)

interface FreshnessRow extends Pick<Freshness, 'due' | 'failing' | 'oldestCheckedAt'> {
  /** The number of products to be polled: those registered or pending. */
  polled: number
  /** The numbers of products, and of rejected ones among them, that were checked since `since`. */
  within: number
  rejectedWithin: number
  /** The 5th percentile of the last checks of registered products. */
  p95CheckedAt: number | null
}

// One scan of the narrow rows, because an index on their times would have to be updated by every poll. Which products
// are rejected is in another table, but those are few.
const selectFreshness = statement<FreshnessRow>(
  'freshness',
  `WITH checks AS (
     SELECT due_at, checked_at, failures,
       CASE WHEN due_at IS NOT NULL AND checked_at <= $2 THEN checked_at END AS known_at
     FROM polls
   )
   SELECT count(*) FILTER (WHERE due_at <= $2) AS due,
     count(*) FILTER (WHERE failures > 0) AS failing,
     min(known_at) AS "oldestCheckedAt",
     (SELECT pending + registered FROM feed) AS polled,
     count(*) FILTER (WHERE checked_at BETWEEN $1 AND $2) AS within,
     (SELECT count(*) FROM products JOIN polls ON product_key = key
      WHERE registration = 'rejected' AND checked_at BETWEEN $1 AND $2) AS "rejectedWithin",
     percentile_disc($3::double precision) WITHIN GROUP (ORDER BY coalesce(known_at, -1))
       FILTER (WHERE due_at IS NOT NULL) AS "p95CheckedAt"
   FROM checks`,
)

/** Reads how fresh the products are at `now`. `within` is the share that was checked since `since`. */
export async function readFreshness(
  db: Queryable,
  since: number,
  now: number,
  registered: number,
): Promise<Freshness> {
  // A twentieth of the registered products was checked before this one.
  const fraction = (Math.floor(registered * 0.05) + 0.75) / Math.max(registered, 1)
  const row = await readOne(db, selectFreshness, [since, now, fraction])
  const { due, failing, oldestCheckedAt, polled, within, rejectedWithin, p95CheckedAt } = row
  const isKnown = p95CheckedAt !== null && p95CheckedAt >= 0
  return {
    due,
    oldestCheckedAt,
    p95AgeMs: isKnown ? now - p95CheckedAt : null,
    within: polled === 0 ? 1 : (within - rejectedWithin) / polled,
    failing,
  }
}
