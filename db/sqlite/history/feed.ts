import type { Database } from 'better-sqlite3'
import type { Change } from '../../../schemas/change.ts'
import { changesOf, type FeedNames, type FeedRow, tagsAround } from '../../encoding/feed-rows.ts'
import { present } from '../../present.ts'
import type { ChangePage, ChangeQuery } from '../../store.ts'
import { LAST_SEQ } from '../operations/changes.ts'

/** The maximum number of rows to scan for one page: some milliseconds of work. */
const ROWS_PER_ANSWER = 4_000
const ROWS_PER_READ = 500

/** The answer to a cursor that is too old: all changes up to `compacted` were deleted from the feed. */
interface Compacted {
  compacted: number
}

/** Makes the function that reads the change feed. */
export function feedReader(db: Database) {
  const selectCompacted = db.prepare<[], number>('SELECT compacted_seq FROM totals').pluck()
  const selectLast = db.prepare<[], number>(`SELECT ${LAST_SEQ}`).pluck()
  const select = (tagsAfter: string) =>
    db
      .prepare<[number, number], FeedRow>(
        `SELECT seq, at, kind, product_key, offers, alert, tags, ${tagsAfter}
         FROM changes WHERE seq > ? ORDER BY seq LIMIT ?`,
      )
      .raw()
  const selectRows = select('NULL')
  // A row has the tags before it. Those after it are the tags before the next change of tags, or else the current ones.
  const selectTaggedRows = select(
    `coalesce(
       (SELECT later.tags FROM changes AS later WHERE later.product_key = changes.product_key
          AND later.seq > changes.seq AND later.tags IS NOT NULL ORDER BY later.seq LIMIT 1),
       (SELECT products.tags FROM products WHERE products.key = changes.product_key))`,
  )
  const selectKey = db
    .prepare<[string, string], number>(
      'SELECT key FROM products WHERE id = ? UNION ALL SELECT key FROM deleted_products WHERE id = ?',
    )
    .pluck()
  const selectProductId = db
    .prepare<[number, number], string>(
      'SELECT id FROM products WHERE key = ? UNION ALL SELECT id FROM deleted_products WHERE key = ?',
    )
    .pluck()
  const selectOfferId = db
    .prepare<[number, number], string>('SELECT id FROM offers WHERE product_key = ? AND number = ?')
    .pluck()
  const selectDeletedOffers = db
    .prepare<[number], string>('SELECT offers FROM deleted_products WHERE key = ?')
    .pluck()

  /** Finds the ids of products and offers, also of deleted ones, and remembers them for the page. */
  function names(): FeedNames {
    const products = new Map<number, { id: string; offers: Map<number, string> }>()

    function product(key: number) {
      const known = products.get(key)
      if (known) return known
      const found = {
        id: present(selectProductId.get(key, key), 'the product with the key', key),
        offers: new Map<number, string>(),
      }
      products.set(key, found)
      return found
    }

    function offer(key: number, number: number): string {
      const { offers } = product(key)
      const known = offers.get(number) ?? selectOfferId.get(key, number)
      if (known !== undefined) {
        offers.set(number, known)
        return known
      }
      const ids: Record<string, string> = JSON.parse(
        present(
          selectDeletedOffers.get(key),
          'the offers of the deleted product with the key',
          key,
        ),
      )
      for (const [number, id] of Object.entries(ids)) offers.set(Number(number), id)
      return present(ids[number], 'offer', number, 'of the deleted product with the key', key)
    }

    return { product: (key: number) => product(key).id, offer }
  }

  return ({
    after,
    productId,
    type,
    withTags = false,
    limit,
  }: ChangeQuery): ChangePage | Compacted => {
    const rowsAfter = withTags ? selectTaggedRows : selectRows
    const compacted = present(selectCompacted.get(), 'the totals')
    const lastSeq = present(selectLast.get(), 'the last change')
    if (after !== undefined && after < compacted) return { compacted }
    const start = after ?? compacted
    const key = productId === undefined ? undefined : selectKey.get(productId, productId)
    const items: Change[] = []
    const tags: string[][] = []
    const page = (lastSeq: number) => ({ items, lastSeq, ...(withTags ? { tags } : {}) })
    // An unknown product has no changes.
    if (productId !== undefined && key === undefined) return page(lastSeq)

    const known = names()
    let reached = start
    for (let read = 0; read < ROWS_PER_ANSWER; read += ROWS_PER_READ) {
      const rows = rowsAfter.all(reached, ROWS_PER_READ)
      for (const row of rows) {
        if (key === undefined || row[3] === key) {
          for (const change of changesOf(row, type, known)) {
            if (change.seq <= start) continue
            items.push(change)
            if (withTags) tags.push(tagsAround(row))
            if (items.length === limit) return page(change.seq)
          }
        }
        reached = row[0]
      }
      // A client that read the feed before a backup was restored may be ahead of it; it continues from here.
      if (rows.length < ROWS_PER_READ) return page(lastSeq)
    }
    return page(reached)
  }
}
