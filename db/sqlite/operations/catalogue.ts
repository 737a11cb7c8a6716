import type { Database } from 'better-sqlite3'
import type { ProductPatch } from '../../../schemas/product.ts'
import {
  changedFields,
  completeTexts,
  FIELD_NAMES,
  textsOf,
} from '../../../schemas/product-fields.ts'
import { sortKey } from '../../../search/sort-key.ts'
import { REFRESH_STATE } from '../refresh-state.ts'
import type { IdentifiedProduct, ProductRow } from '../rows.ts'
import { indexed } from '../search-index.ts'
import { changeLog, LAST_SEQ } from './changes.ts'
import { NO_REGISTRATION_FAILURE } from './refresh.ts'

/** Creating, changing and deleting products. */
export function catalogueOperations(db: Database) {
  const changes = changeLog(db)
  // What makes a product are plain statements: one with a trigger opens a savepoint, and at each one FTS5
  // writes out what it has gathered, which is to be done once a transaction.
  const insertProduct = db.prepare(
    `INSERT INTO products (id, name_key, created_at, updated_at, register_at, ${FIELD_NAMES})
     VALUES (?, ?, ?, ?, ?, ${FIELD_NAMES.map(() => '?')})`,
  )
  const insertWords = db.prepare('INSERT INTO products_fts (rowid, terms) VALUES (?, ?)')
  const replaceWords = db.prepare('REPLACE INTO products_fts (rowid, terms) VALUES (?, ?)')
  const countCreated = db.prepare(
    'UPDATE totals SET products = products + @count, pending = pending + @count WHERE key = 1',
  )
  const insertRefresh = db.prepare('INSERT INTO refreshes (product_key) VALUES (?)')
  const refreshState = Object.entries(REFRESH_STATE).map(([name, sql]) => `${sql} AS ${name}`)
  const selectProduct = db.prepare<[string], ProductRow & { key: number; version: number }>(
    `SELECT key, id, ${FIELD_NAMES}, created_at AS createdAt,
       updated_at AS updatedAt, version, registration, registration_reason AS registrationReason,
       offers_count AS offersCount, lowest_price AS lowestPrice, checked_at AS checkedAt,
       ${refreshState.join(', ')}
     FROM products JOIN refreshes ON product_key = key WHERE id = ?`,
  )
  const updateText = db.prepare(
    `UPDATE products SET ${FIELD_NAMES.map((field) => `${field} = @${field}`)}, name_key = @nameKey,
       updated_at = max(updated_at, @at), version = version + 1
     WHERE key = @key`,
  )
  const reopenRegistration = db.prepare(
    `UPDATE products SET registration = 'pending', registration_reason = NULL,
       register_at = @at, ${NO_REGISTRATION_FAILURE}
     WHERE key = @key`,
  )
  const keepNames = db.prepare(
    `INSERT INTO deleted_products (key, id, offers, seq)
     SELECT key, id, (SELECT json_group_object(number, id) FROM offers WHERE product_key = key),
       ${LAST_SEQ}
     FROM products WHERE key = ?`,
  )
  const deleteProduct = db.prepare('DELETE FROM products WHERE key = ?')

  const begin = db.prepare('SAVEPOINT probe')
  // FTS5 writes out what it has gathered where a savepoint begins.
  const flush = db.prepare('SAVEPOINT probe_flush')
  const undo = db.prepare('ROLLBACK TO probe')
  const end = db.prepare('RELEASE probe')
  const touch = db.prepare('UPDATE totals SET key = key')

  let lastCreatedAt =
    db
      .prepare<[], number>('SELECT created_at FROM products ORDER BY key DESC LIMIT 1')
      .pluck()
      .get() ?? 0

  /** The product, or why it may not be touched. */
  function find(id: string, versions: number[] | undefined) {
    const row = selectProduct.get(id)
    if (!row) return 'not-found'
    return !versions || versions.includes(row.version) ? row : 'version-mismatch'
  }

  function create(items: IdentifiedProduct[], at: number, registerAt: number): void {
    for (const item of items) {
      const texts = FIELD_NAMES.map((field) => item[field])
      const made = insertProduct.run(item.id, sortKey(item.name), at, at, registerAt, ...texts)
      const key = made.lastInsertRowid
      insertWords.run(key, indexed(item))
      insertRefresh.run(key)
      changes.product('product.created', key, at)
    }
    countCreated.run({ count: items.length })
  }

  return {
    /**
     * Creates a product and takes that back, which fails where none can be created: some pages are
     * written to by each one. Then writes a row as it is, which fails where nothing can be written.
     */
    probe({ at }: { at: number }): void {
      begin.run()
      create([{ id: 'probe', ...completeTexts({ name: 'probe' }) }], at, at)
      flush.run()
      undo.run()
      end.run()
      touch.run()
    },

    /** Gives the creation time of them all, which is `at` unless the clock stepped back. */
    createProducts({ items, at: now }: { items: IdentifiedProduct[]; at: number }): number {
      const at = Math.max(now, lastCreatedAt)
      create(items, at, now) // By the clock, or they would wait until that has caught up.
      lastCreatedAt = at
      return at
    },

    /** Gives the product as it is then. */
    updateProduct(input: { id: string; patch: ProductPatch; versions?: number[]; at: number }) {
      const row = find(input.id, input.versions)
      if (typeof row === 'string') return row
      const { key } = row
      const { at } = input
      const next = { ...textsOf(row), ...input.patch }
      if (changedFields(row, next).length > 0) {
        updateText.run({ ...next, nameKey: sortKey(next.name), key, at })
        replaceWords.run(key, indexed(next))
        changes.product('product.updated', key, at)
      }
      if (row.registration === 'rejected') reopenRegistration.run({ key, at })
      return find(input.id, undefined)
    },

    deleteProduct(input: { id: string; versions?: number[]; at: number }) {
      const row = find(input.id, input.versions)
      if (typeof row === 'string') return row
      changes.product('product.deleted', row.key, input.at)
      keepNames.run(row.key)
      deleteProduct.run(row.key)
      return 'deleted'
    },
  }
}
