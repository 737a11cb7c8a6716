import type { Change } from '../../../schemas/change.ts'
import { changesOf, type FeedNames, type FeedRow } from '../../encoding/feed-rows.ts'
import { ChangesCompacted } from '../../errors.ts'
import { present } from '../../present.ts'
import type { ChangePage, ChangeQuery } from '../../store.ts'
import { decoded, statement } from '../connection.ts'
import { type Queryable, readOne } from '../reader.ts'

/** So many rows are looked through for one answer at most: some milliseconds. */
const ROWS_AN_ANSWER = 4_000
const ROWS_A_READ = 500

const selectEnds = statement<{ compacted: number; lastSeq: number }>(
  'feed-ends',
  'SELECT compacted_seq AS compacted, seq AS "lastSeq" FROM feed',
)

const selectRows = statement<{
  seq: number
  at: number
  kind: number
  key: number
  offers: Buffer | null
}>(
  'feed-rows',
  `SELECT seq, at, kind, product_key AS key, offers FROM changes WHERE seq > $1
   ORDER BY seq LIMIT ${ROWS_A_READ}`,
)

const selectKey = statement<{ key: number }>(
  'feed-key',
  `SELECT key FROM products WHERE id = $1
   UNION ALL SELECT key FROM deleted_products WHERE id = $1`,
)

// The products that are deleted last, since one can be deleted between the two.
const selectNames = statement<{ key: number; id: string; offers: Record<string, string> }>(
  'feed-names',
  `SELECT key, id, coalesce((SELECT json_object_agg(number, offers.id) FROM offers
     WHERE product_key = key), '{}') AS offers
   FROM products WHERE key = ANY($1::bigint[])
   UNION ALL SELECT key, id, offers::json FROM deleted_products WHERE key = ANY($1::bigint[])`,
)

/** Reads the ids of the products that rows speak of, with those of their offers. */
async function readNames(db: Queryable, rows: readonly FeedRow[]): Promise<FeedNames> {
  const keys = [...new Set(rows.map(([, , , key]) => key))]
  const names = keys.length > 0 ? await db.query(selectNames, [keys]) : []
  const products = new Map(names.map((product) => [product.key, product]))
  const product = (key: number) => present(products.get(key), 'the product with the key', key)
  return {
    product: (key) => product(key).id,
    offer: (key, number) =>
      present(product(key).offers[number], 'offer', number, 'of the product with the key', key),
  }
}

/** Reads the change feed. */
export async function readFeed(
  db: Queryable,
  { after, productId, type, limit }: ChangeQuery,
): Promise<ChangePage> {
  const { compacted, lastSeq } = await readOne(db, selectEnds)
  if (after !== undefined && after < compacted) throw new ChangesCompacted(after, compacted)
  const start = after ?? compacted
  const keys = productId === undefined ? [] : await db.query(selectKey, [productId])
  // Of a product that nobody knows nothing has happened.
  if (productId !== undefined && keys.length === 0) return { items: [], lastSeq }
  const [only] = keys

  const items: Change[] = []
  let reached = start
  for (let read = 0; read < ROWS_AN_ANSWER; read += ROWS_A_READ) {
    const found = await db.query(selectRows, [reached])
    const rows = found
      .filter(({ seq }) => seq <= lastSeq)
      .map(({ seq, at, kind, key, offers }): FeedRow => [seq, at, kind, key, offers])
    const wanted = rows.filter(([, , , key]) => only === undefined || key === only.key)
    const names = await readNames(db, wanted)
    for (const row of wanted) {
      for (const change of decoded(() => changesOf(row, type, names))) {
        if (change.seq <= start) continue
        items.push(change)
        if (items.length === limit) return { items, lastSeq: change.seq }
      }
    }
    reached = rows.at(-1)?.[0] ?? reached
    // Also for who is ahead of it, and knows the feed from before a backup was restored.
    if (rows.length < ROWS_A_READ) return { items, lastSeq }
  }
  return { items, lastSeq: reached }
}
