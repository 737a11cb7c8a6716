import type { Database } from 'better-sqlite3'
import { WRITTEN_FIELDS } from '../../../schemas/product-fields.ts'
import { sortKey } from '../../../search/sort-key.ts'
import type { IdentifiedProduct, ProductRow } from '../../encoding/product.ts'
import { isChanged, tagsOf, type WrittenRow } from '../../encoding/written.ts'
import { present } from '../../present.ts'
import { REFRESH_STATE } from '../refresh-state.ts'
import { indexed } from '../search-index.ts'
import type { AlertLog } from './alert-log.ts'
import type { changeLog } from './changes.ts'
import { NO_REGISTRATION_FAILURE } from './refresh.ts'

/** A product as it is stored. */
export type StoredRow = ProductRow & { key: number; version: number }

/** Finds, inserts and changes single products, and keeps the full-text index, tags and feed up to date. */
export function productRows(db: Database, changes: ReturnType<typeof changeLog>, alerts: AlertLog) {
  // The tables that creation writes to must have no triggers for it: a trigger opens a savepoint, and at each savepoint
  // FTS5 writes its pending changes, which should happen only once per transaction.
  const insertProduct = db.prepare(
    `INSERT INTO products (id, name_key, created_at, updated_at, register_at, ${WRITTEN_FIELDS})
     VALUES (?, ?, ?, ?, ?, ${WRITTEN_FIELDS.map(() => '?')})`,
  )
  const insertWords = db.prepare('INSERT INTO products_fts (rowid, terms) VALUES (?, ?)')
  const replaceWords = db.prepare('REPLACE INTO products_fts (rowid, terms) VALUES (?, ?)')
  const insertRefresh = db.prepare('INSERT INTO refreshes (product_key) VALUES (?)')
  const insertTag = db.prepare(
    'INSERT INTO product_tags (tag, product_key, since) VALUES (?, ?, ?)',
  )
  const deleteTag = db.prepare('DELETE FROM product_tags WHERE tag = ? AND product_key = ?')
  // If the product gets the tag again, the alerts about it start from scratch.
  const forgetAlerts = db.prepare(
    `DELETE FROM alert_states
     WHERE product_key = ? AND alert_id IN (SELECT id FROM alerts WHERE tag = ?)`,
  )
  const refreshState = Object.entries(REFRESH_STATE).map(([name, sql]) => `${sql} AS ${name}`)
  const select = (column: 'id' | 'external_id') =>
    db.prepare<[string], StoredRow>(
      `SELECT key, id, ${WRITTEN_FIELDS}, created_at AS createdAt,
         updated_at AS updatedAt, version, registration, registration_reason AS registrationReason,
         offers_count AS offersCount, lowest_price AS lowestPrice, checked_at AS checkedAt,
         ${refreshState.join(', ')}
       FROM products JOIN refreshes ON product_key = key WHERE ${column} = ?`,
    )
  const selectById = select('id')
  const selectByExternalId = select('external_id')
  const update = db.prepare(
    `UPDATE products SET ${WRITTEN_FIELDS.map((column) => `${column} = @${column}`)}, name_key = @nameKey,
       updated_at = max(updated_at, @at), version = version + 1
     WHERE key = @key`,
  )
  const reopenRegistration = db.prepare(
    `UPDATE products SET registration = 'pending', registration_reason = NULL,
       register_at = @at, ${NO_REGISTRATION_FAILURE}
     WHERE key = @key`,
  )

  /** Returns the tags that the product did not have before. */
  function retag(key: number, before: string[], after: string[], at: number): string[] {
    for (const tag of before.filter((tag) => !after.includes(tag))) {
      deleteTag.run(tag, key)
      forgetAlerts.run(key, tag)
    }
    const gained = after.filter((tag) => !before.includes(tag))
    for (const tag of gained) insertTag.run(tag, key, at)
    return gained
  }

  return {
    byId: (id: string) => selectById.get(id),

    byExternalId: (externalId: string | null) =>
      externalId === null ? undefined : selectByExternalId.get(externalId),

    insert(item: IdentifiedProduct, at: number, registerAt: number): void {
      const values = WRITTEN_FIELDS.map((column) => item[column])
      const inserted = insertProduct.run(item.id, sortKey(item.name), at, at, registerAt, ...values)
      const key = inserted.lastInsertRowid
      insertWords.run(key, indexed(item))
      insertRefresh.run(key)
      for (const tag of tagsOf(item)) insertTag.run(tag, key, at)
      changes.product('product.created', key, at)
    },

    /** Returns the updated product. */
    change(row: StoredRow, next: WrittenRow, at: number): StoredRow {
      const { key } = row
      if (isChanged(row, next)) {
        update.run({ ...next, nameKey: sortKey(next.name), key, at })
        replaceWords.run(key, indexed(next))
        const isRetagged = row.tags !== next.tags
        const gained = isRetagged ? retag(key, tagsOf(row), tagsOf(next), at) : []
        changes.product('product.updated', key, at, isRetagged ? row.tags : null)
        if (gained.length > 0) alerts.tagged(key, gained, at)
      }
      if (row.registration === 'rejected') reopenRegistration.run({ key, at })
      return present(selectById.get(row.id), 'product', row.id)
    },
  }
}
