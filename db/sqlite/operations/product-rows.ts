import type { Database } from 'better-sqlite3'
import { changedFields, FIELD_NAMES, type ProductTexts } from '../../../schemas/product-fields.ts'
import { sortKey } from '../../../search/sort-key.ts'
import type { IdentifiedProduct, ProductRow } from '../../encoding/product.ts'
import { present } from '../../present.ts'
import { REFRESH_STATE } from '../refresh-state.ts'
import { indexed } from '../search-index.ts'
import type { changeLog } from './changes.ts'
import { NO_REGISTRATION_FAILURE } from './refresh.ts'

/** A product as it is stored. */
export type StoredRow = ProductRow & { key: number; version: number }

/** Finds, inserts and changes single products, with their words in the index and their entry in the feed. */
export function productRows(db: Database, changes: ReturnType<typeof changeLog>) {
  // Creating a product needs statements without triggers: a trigger opens a savepoint, and at each savepoint
  // FTS5 writes out what it has collected, which should happen once per transaction.
  const insertProduct = db.prepare(
    `INSERT INTO products (id, name_key, created_at, updated_at, register_at, ${FIELD_NAMES})
     VALUES (?, ?, ?, ?, ?, ${FIELD_NAMES.map(() => '?')})`,
  )
  const insertWords = db.prepare('INSERT INTO products_fts (rowid, terms) VALUES (?, ?)')
  const replaceWords = db.prepare('REPLACE INTO products_fts (rowid, terms) VALUES (?, ?)')
  const insertRefresh = db.prepare('INSERT INTO refreshes (product_key) VALUES (?)')
  const refreshState = Object.entries(REFRESH_STATE).map(([name, sql]) => `${sql} AS ${name}`)
  const select = (column: 'id' | 'external_id') =>
    db.prepare<[string], StoredRow>(
      `SELECT key, id, ${FIELD_NAMES}, created_at AS createdAt,
         updated_at AS updatedAt, version, registration, registration_reason AS registrationReason,
         offers_count AS offersCount, lowest_price AS lowestPrice, checked_at AS checkedAt,
         ${refreshState.join(', ')}
       FROM products JOIN refreshes ON product_key = key WHERE ${column} = ?`,
    )
  const selectById = select('id')
  const selectByExternalId = select('external_id')
  const updateTexts = db.prepare(
    `UPDATE products SET ${FIELD_NAMES.map((field) => `${field} = @${field}`)}, name_key = @nameKey,
       updated_at = max(updated_at, @at), version = version + 1
     WHERE key = @key`,
  )
  const reopenRegistration = db.prepare(
    `UPDATE products SET registration = 'pending', registration_reason = NULL,
       register_at = @at, ${NO_REGISTRATION_FAILURE}
     WHERE key = @key`,
  )

  return {
    byId: (id: string) => selectById.get(id),

    byExternalId: (externalId: string | null) =>
      externalId === null ? undefined : selectByExternalId.get(externalId),

    insert(item: IdentifiedProduct, at: number, registerAt: number): void {
      const texts = FIELD_NAMES.map((field) => item[field])
      const made = insertProduct.run(item.id, sortKey(item.name), at, at, registerAt, ...texts)
      const key = made.lastInsertRowid
      insertWords.run(key, indexed(item))
      insertRefresh.run(key)
      changes.product('product.created', key, at)
    },

    /** Returns the updated product. */
    change(row: StoredRow, next: ProductTexts, at: number): StoredRow {
      const { key } = row
      if (changedFields(row, next).length > 0) {
        updateTexts.run({ ...next, nameKey: sortKey(next.name), key, at })
        replaceWords.run(key, indexed(next))
        changes.product('product.updated', key, at)
      }
      if (row.registration === 'rejected') reopenRegistration.run({ key, at })
      return present(selectById.get(row.id), 'product', row.id)
    },
  }
}
