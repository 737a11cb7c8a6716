import type { OnConflict } from '../../../schemas/batch.ts'
import type { NewProduct, ProductPatch } from '../../../schemas/product.ts'
import type { IdentifiedProduct } from '../../encoding/product.ts'
import { changed, patched, toWritten, writtenOf } from '../../encoding/written.ts'
import { present } from '../../present.ts'
import type { Conflict, Creation, ProductRefusal } from '../../refusals.ts'
import { isNamed } from '../../version-match.ts'
import { statement, WriteConflict } from '../connection.ts'
import type { Operation, Transaction } from '../group-commit.ts'
import type { StoredRow } from '../product-columns.ts'
import type { AlertLog } from './alert-log.ts'
import {
  changeRow,
  holderOf,
  insertRows,
  lockByExternalId,
  lockById,
  lockByIds,
} from './product-rows.ts'

const deleteProducts = statement<{ key: number; offers: string }>(
  'products-delete',
  `WITH names AS (
     SELECT product_key, json_object_agg(number, id)::text AS offers FROM offers
     WHERE product_key = ANY($1::bigint[]) GROUP BY product_key
   ), gone AS (DELETE FROM products WHERE key = ANY($1::bigint[]))
   SELECT key, coalesce(offers, '{}') AS offers
   FROM unnest($1::bigint[]) AS row (key) LEFT JOIN names ON product_key = key`,
)

const begin = statement('probe-begin', 'SAVEPOINT probe')
const undo = statement('probe-undo', 'ROLLBACK TO probe')

/** Locks a product. Returns it, or why it may not be changed. */
async function find(transaction: Transaction, id: string, versions: number[] | undefined) {
  const row = await lockById(transaction, id)
  if (!row) return 'not-found'
  return isNamed(row.version, versions) ? row : 'version-mismatch'
}

/** Inserts products; returns the ids of those whose external id was free, and when they were created. */
async function create(transaction: Transaction, items: IdentifiedProduct[], now: number) {
  const { feed } = transaction
  const made = await insertRows(transaction, items, now)
  for (const { key, createdAt } of made) feed.product('product.created', key, createdAt)
  feed.count({ products: made.length, pending: made.length })
  const at = made[0]?.createdAt ?? now
  if (made.length > 0) feed.createdAt = Math.max(feed.createdAt, at)
  return { ids: new Set(made.map(({ id }) => id)), at }
}

/** Creates products, or says what they conflict with. */
export function createProducts(
  alerts: AlertLog,
  items: (NewProduct & { id: string })[],
  onConflict: OnConflict,
  now: number,
): Operation<Creation<StoredRow>> {
  return async (transaction) => {
    const pairs = items.map(({ id, ...item }) => ({ item, made: { id, ...toWritten(item) } }))
    const all = pairs.map(({ made }) => made)
    const { ids, at } = await create(transaction, all, now)
    const conflicts: Conflict<StoredRow>[] = []
    const taken = all.filter(({ id }) => !ids.has(id)).map((made) => made.external_id)
    const rows = await lockByExternalId(transaction, taken)
    for (const [index, { item, made }] of pairs.entries()) {
      if (ids.has(made.id)) continue
      const row = rows.get(made.external_id)
      // The product that the insert conflicted with was deleted since. The next attempt will succeed.
      /* c8 ignore next -- which no test can time */
      if (!row) throw new WriteConflict()
      if (onConflict === 'error') conflicts.push({ index, status: 'refused', row })
      else if (onConflict === 'skip') conflicts.push({ index, status: 'skipped', row })
      else {
        const updated = await changeRow(transaction, alerts, row, patched(row, item), now)
        rows.set(updated.external_id, updated)
        conflicts.push({ index, status: 'updated', row: updated })
      }
    }
    return { ids: items.map(({ id }) => id), at, registerAt: now, conflicts }
  }
}

/** Returns the product, and its creation time if it is new. */
export function putProduct(
  alerts: AlertLog,
  product: IdentifiedProduct & { external_id: string },
  match: { versions?: number[] } | undefined,
  now: number,
): Operation<StoredRow | { createdAt: number } | 'not-found' | 'version-mismatch'> {
  return async (transaction) => {
    const { external_id: externalId } = product
    const row = (await lockByExternalId(transaction, [externalId])).get(externalId)
    if (row) {
      if (!isNamed(row.version, match?.versions)) return 'version-mismatch'
      return changeRow(transaction, alerts, row, writtenOf(product), now)
    }
    if (match) return 'not-found'
    const { ids, at } = await create(transaction, [product], now)
    if (ids.size === 0) throw new WriteConflict() // Another instance has just created it.
    return { createdAt: at }
  }
}

/** Returns the updated product. */
export function updateProduct(
  alerts: AlertLog,
  input: { id: string; patch: ProductPatch; versions?: number[]; at: number },
): Operation<StoredRow | ProductRefusal> {
  return async (transaction) => {
    const { id, patch, versions, at } = input
    const row = await find(transaction, id, versions)
    if (typeof row === 'string') return row
    const next = changed(row, patch)
    if ('refused' in next) return next
    const { external_id: externalId } = next
    if (externalId !== null && externalId !== row.external_id) {
      const holder = await holderOf(transaction, externalId)
      if (holder) return { refused: 'external-id-taken', externalId, takenBy: holder.id }
    }
    return changeRow(transaction, alerts, row, next, at)
  }
}

/** Returns the updated products. */
export function updateProducts(
  alerts: AlertLog,
  changes: { id: string; patch: ProductPatch }[],
  at: number,
): Operation<(StoredRow | ProductRefusal)[]> {
  return async (transaction) => {
    // All are locked by one statement, so that no two batches wait for each other.
    await lockByIds(
      transaction,
      changes.map(({ id }) => id),
    )
    const results: (StoredRow | ProductRefusal)[] = []
    for (const change of changes) {
      results.push(await updateProduct(alerts, { ...change, at })(transaction))
    }
    return results
  }
}

/** Deletes locked products and everything that belongs to them. */
async function remove(transaction: Transaction, rows: StoredRow[], at: number): Promise<void> {
  const { query, feed } = transaction
  const found = await query(deleteProducts, [rows.map(({ key }) => key)])
  const names = new Map(found.map(({ key, offers }) => [key, offers]))
  for (const { key, id, tags, registration, offersCount } of rows) {
    const offers = present(names.get(key), 'the offers of product', id)
    feed.deleted({ key, id, tags, offers }, at)
    feed.count({ products: -1, offers: -offersCount })
    if (registration !== 'rejected') feed.count({ [registration]: -1 })
  }
}

/** Deletes a product; returns its key. */
export function removeProduct(input: {
  id: string
  versions?: number[]
  at: number
}): Operation<{ key: number } | 'not-found' | 'version-mismatch'> {
  return async (transaction) => {
    const row = await find(transaction, input.id, input.versions)
    if (typeof row === 'string') return row
    await remove(transaction, [row], input.at)
    return { key: row.key }
  }
}

/** Deletes products. Returns their keys, by the first position of their ids; those that did not exist are left out. */
export function removeProducts(ids: string[], at: number): Operation<Map<number, number>> {
  return async (transaction) => {
    const rows = await lockByIds(transaction, ids)
    const ordered = [...new Set(ids)].flatMap((id) => rows.get(id) ?? [])
    await remove(transaction, ordered, at)
    return new Map(ordered.map(({ id, key }) => [ids.indexOf(id), key]))
  }
}

/** Creates a product and rolls that back, which fails if none can be created. */
export function probe(id: string, at: number): Operation<void> {
  return async (transaction) => {
    await transaction.query(begin)
    await insertRows(transaction, [{ id, ...toWritten({ name: 'probe' }) }], at)
    await transaction.query(undo)
  }
}
