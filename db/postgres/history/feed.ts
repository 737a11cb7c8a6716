import type { Change } from '../../../schemas/change.ts'
import { changesOf, type FeedNames, type FeedRow, tagsAround } from '../../encoding/feed-rows.ts'
import { ChangesCompacted } from '../../errors.ts'
import { present } from '../../present.ts'
import type { ChangePage, ChangeQuery } from '../../store.ts'
import { decoded, statement } from '../connection.ts'
import { type Reader, readOne } from '../reader.ts'

/** The maximum number of rows to scan for one page: some milliseconds of work. */
const ROWS_PER_ANSWER = 4_000
const ROWS_PER_READ = 500

const selectEnds = statement<{ compacted: number; lastSeq: number }>(
  'feed-ends',
  'SELECT compacted_seq AS compacted, seq AS "lastSeq" FROM feed',
)

const PAGE = `SELECT seq, at, kind, product_key AS key, offers, alert, tags FROM changes
  WHERE seq > $1 ORDER BY seq LIMIT ${ROWS_PER_READ}`

interface StoredChange {
  seq: number
  at: number
  kind: number
  key: number
  offers: Buffer | null
  alert: string | null
  tags: string | null
  after: string | null
}

const selectRows = statement<StoredChange>(
  'feed-rows',
  `SELECT *, NULL AS after FROM (${PAGE}) AS page`,
)

/** The same with the tags after each change: those before the next change of tags, or else the current ones. */
const selectTaggedRows = statement<StoredChange>(
  'feed-rows-tagged',
  `SELECT *, coalesce(
     (SELECT later.tags FROM changes AS later WHERE later.product_key = page.key
        AND later.seq > page.seq AND later.tags IS NOT NULL ORDER BY later.seq LIMIT 1),
     (SELECT products.tags FROM products WHERE products.key = page.key)) AS after
   FROM (${PAGE}) AS page ORDER BY seq`,
)

/** The ids of the products of a page, or of one product, with those of their offers. */
const selectNames = statement<{ key: number; id: string; offers: Record<string, string> }>(
  'feed-names',
  `WITH named AS MATERIALIZED (
     SELECT DISTINCT key FROM (${PAGE}) AS page WHERE $2::bigint IS NULL OR key = $2)
   SELECT key, id, coalesce((SELECT json_object_agg(number, offers.id) FROM offers
     WHERE product_key = key), '{}') AS offers
   FROM products WHERE key IN (SELECT key FROM named)
   UNION ALL
   SELECT key, id, offers::json FROM deleted_products WHERE key IN (SELECT key FROM named)`,
)

const selectKey = statement<{ key: number }>(
  'feed-key',
  `SELECT key FROM products WHERE id = $1
   UNION ALL SELECT key FROM deleted_products WHERE id = $1`,
)

/** Runs queries on one snapshot of the database. */
type Snapshots = Pick<Reader, 'query' | 'snapshot'>

interface NamedProduct {
  id: string
  offers: Record<string, string>
}

function feedNames(found: (NamedProduct & { key: number })[]): FeedNames {
  const products = new Map<number, NamedProduct>(found.map((product) => [product.key, product]))
  const product = (key: number) => present(products.get(key), 'the product with the key', key)
  return {
    product: (key) => product(key).id,
    offer: (key, number) =>
      present(product(key).offers[number], 'offer', number, 'of the product with the key', key),
  }
}

/** Reads the rows after a change and the names in them from one snapshot, because compaction may delete them. */
async function readRows(
  db: Snapshots,
  after: number,
  { only, withTags }: { only: number | null; withTags: boolean },
) {
  const [ends, rows, names] = await db.snapshot((snapshot) =>
    Promise.all([
      readOne(snapshot, selectEnds),
      snapshot.query(withTags ? selectTaggedRows : selectRows, [after]),
      snapshot.query(selectNames, [after, only]),
    ]),
  )
  const all = rows.map(({ seq, at, kind, key, offers, alert, tags, after }): FeedRow => {
    return [seq, at, kind, key, offers, alert, tags, after]
  })
  return { ...ends, rows: all, names: feedNames(names) }
}

/** Reads the change feed. */
export async function readFeed(
  db: Snapshots,
  { after, productId, type, withTags = false, limit }: ChangeQuery,
): Promise<ChangePage> {
  const [known] = productId === undefined ? [] : await db.query(selectKey, [productId])
  const only = known?.key ?? null
  const items: Change[] = []
  const tags: string[][] = []
  const page = (lastSeq: number) => ({ items, lastSeq, ...(withTags ? { tags } : {}) })
  let reached = after ?? 0
  for (let read = 0; read < ROWS_PER_ANSWER; read += ROWS_PER_READ) {
    const { compacted, lastSeq, rows, names } = await readRows(db, reached, { only, withTags })
    if (reached < compacted) {
      if (read > 0) break // The next changes have just been deleted from the feed.
      if (after !== undefined) throw new ChangesCompacted(after, compacted)
    }
    // An unknown product has no changes.
    if (productId !== undefined && !known) return page(lastSeq)
    for (const row of rows) {
      const [seq, , , key] = row
      const changes =
        only === null || only === key ? decoded(() => changesOf(row, type, names)) : []
      for (const change of changes) {
        if (change.seq <= (after ?? 0)) continue
        items.push(change)
        if (withTags) tags.push(tagsAround(row))
        if (items.length === limit) return page(change.seq)
      }
      reached = seq
    }
    // A client that read the feed before a backup was restored may be ahead of it; it continues from here.
    if (rows.length < ROWS_PER_READ) return page(lastSeq)
  }
  return page(reached)
}
