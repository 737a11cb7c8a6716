import type { Database } from 'better-sqlite3'
import type { OnConflict } from '../../../schemas/batch.ts'
import type { NewProduct, ProductPatch } from '../../../schemas/product.ts'
import type { IdentifiedProduct } from '../../encoding/product.ts'
import { changed, patched, toWritten, writtenOf } from '../../encoding/written.ts'
import type { Conflict, Creation, ProductRefusal } from '../../refusals.ts'
import type { IdempotencyKey } from '../../store.ts'
import { isNamed } from '../../version-match.ts'
import type { AlertLog } from './alert-log.ts'
import { changeLog, LAST_SEQ } from './changes.ts'
import { requestsOnce } from './idempotency.ts'
import { productRows, type StoredRow } from './product-rows.ts'

interface ProductsToCreate {
  items: (NewProduct & { id: string })[]
  onConflict?: OnConflict
  at: number
  once?: IdempotencyKey
}

/** Creates, changes and deletes products. */
export function catalogueOperations(db: Database, alerts: AlertLog) {
  const changes = changeLog(db)
  const rows = productRows(db, changes, alerts)
  const applyOnce = requestsOnce(db)
  const countCreated = db.prepare(
    'UPDATE totals SET products = products + @count, pending = pending + @count WHERE key = 1',
  )
  const keepNames = db.prepare(
    `INSERT INTO deleted_products (key, id, offers, seq)
     SELECT key, id, (SELECT json_group_object(number, id) FROM offers WHERE product_key = key),
       ${LAST_SEQ}
     FROM products WHERE key = ?`,
  )
  const deleteProduct = db.prepare('DELETE FROM products WHERE key = ?')

  const begin = db.prepare('SAVEPOINT probe')
  // FTS5 writes its pending changes when a savepoint begins.
  const flush = db.prepare('SAVEPOINT probe_flush')
  const undo = db.prepare('ROLLBACK TO probe')
  const end = db.prepare('RELEASE probe')
  const touch = db.prepare('UPDATE totals SET key = key')

  let lastCreatedAt =
    db
      .prepare<[], number>('SELECT created_at FROM products ORDER BY key DESC LIMIT 1')
      .pluck()
      .get() ?? 0

  /** The `created_at` of new products: now, unless the clock stepped back, because lists sort by it. */
  function creationTime(now: number): number {
    lastCreatedAt = Math.max(now, lastCreatedAt)
    return lastCreatedAt
  }

  /** Returns the product, or why it may not be changed. */
  function find(id: string, versions: number[] | undefined) {
    const row = rows.byId(id)
    if (!row) return 'not-found'
    return isNamed(row.version, versions) ? row : 'version-mismatch'
  }

  /** Creates products, or says what they conflict with. */
  function createAll({
    items,
    onConflict = 'error',
    at: now,
  }: ProductsToCreate): Creation<StoredRow> {
    const at = creationTime(now)
    const conflicts: Conflict<StoredRow>[] = []
    for (const [index, { id, ...item }] of items.entries()) {
      const written = toWritten(item)
      const row = rows.byExternalId(written.external_id)
      // Registration is due now. `at` may be ahead of the clock, and the product would wait until then.
      if (!row) rows.insert({ id, ...written }, at, now)
      else if (onConflict === 'error') conflicts.push({ index, status: 'refused', row })
      else if (onConflict === 'skip') conflicts.push({ index, status: 'skipped', row })
      else {
        const updated = rows.change(row, patched(row, item), now)
        conflicts.push({ index, status: 'updated', row: updated })
      }
    }
    countCreated.run({ count: items.length - conflicts.length })
    return { ids: items.map(({ id }) => id), at, registerAt: now, conflicts }
  }

  function update(input: {
    id: string
    patch: ProductPatch
    versions?: number[]
    at: number
  }): StoredRow | ProductRefusal {
    const row = find(input.id, input.versions)
    if (typeof row === 'string') return row
    const next = changed(row, input.patch)
    if ('refused' in next) return next
    const { external_id: externalId } = next
    const holder = rows.byExternalId(externalId)
    if (externalId !== null && holder && holder.key !== row.key) {
      return { refused: 'external-id-taken', externalId, takenBy: holder.id }
    }
    return rows.change(row, next, input.at)
  }

  function remove(input: {
    id: string
    versions?: number[]
    at: number
  }): StoredRow | ProductRefusal {
    const row = find(input.id, input.versions)
    if (typeof row === 'string') return row
    changes.product('product.deleted', row.key, input.at, row.tags)
    keepNames.run(row.key)
    deleteProduct.run(row.key)
    return row
  }

  return {
    /**
     * Fails if the store cannot be written to. Creates a product and rolls that back: every new product writes to some
     * of the same pages, so this fails if none can be created. Then rewrites a row unchanged, so that there is
     * something to commit.
     */
    probe({ at }: { at: number }): void {
      begin.run()
      rows.insert({ id: 'probe', ...toWritten({ name: 'probe' }) }, at, at)
      countCreated.run({ count: 1 })
      flush.run()
      undo.run()
      end.run()
      touch.run()
    },

    createProducts: (input: ProductsToCreate): Creation<StoredRow> | 'key-reused' =>
      applyOnce(input.once, input.at, () => createAll(input)),

    /** Returns the updated product, or the creation time of a new one. */
    putProduct(input: {
      product: IdentifiedProduct
      match?: { versions?: number[] }
      at: number
    }): StoredRow | number | 'not-found' | 'version-mismatch' {
      const { product, match, at: now } = input
      const row = rows.byExternalId(product.external_id)
      if (row) {
        if (!isNamed(row.version, match?.versions)) return 'version-mismatch'
        return rows.change(row, writtenOf(product), now)
      }
      if (match) return 'not-found'
      const at = creationTime(now)
      rows.insert(product, at, now)
      countCreated.run({ count: 1 })
      return at
    },

    /** Returns the updated product. */
    updateProduct: update,

    /** Returns the updated products. */
    updateProducts: ({
      changes: all,
      at,
    }: {
      changes: { id: string; patch: ProductPatch }[]
      at: number
    }) => all.map((change) => update({ ...change, at })),

    /** Returns the deleted product. */
    deleteProduct: remove,

    /** Returns the positions in `ids` of the products that were deleted. */
    deleteProducts: ({ ids, at }: { ids: string[]; at: number }): number[] =>
      [...ids.keys()].filter((index) => typeof remove({ id: String(ids[index]), at }) === 'object'),
  }
}
