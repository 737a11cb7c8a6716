/** Brings the stored terms and sort keys of products up to date with `search/`. */
import { FIELD_NAMES, type ProductTexts } from '../../schemas/product-fields.ts'
import { sortKey } from '../../search/sort-key.ts'
import { FOLDING } from '../../search/version.ts'
import { statement } from './connection.ts'
import type { GroupCommit, Operation } from './group-commit.ts'
import { termVector } from './terms.ts'

/** The number of products per transaction. */
const BATCH = 500

const selectState = statement<{ folding: number; doneKey: number | null }>(
  'search-state',
  'SELECT folding, done_key AS "doneKey" FROM search_state FOR UPDATE',
)

const setState = statement(
  'search-state-write',
  `INSERT INTO search_state (key, folding, done_key) VALUES (1, $1, $2)
   ON CONFLICT (key) DO UPDATE SET folding = excluded.folding, done_key = excluded.done_key`,
)

const selectTexts = statement<ProductTexts & { key: number }>(
  'search-texts',
  `SELECT key, ${FIELD_NAMES} FROM products WHERE key > $1 ORDER BY key LIMIT ${BATCH}
   FOR NO KEY UPDATE`,
)

const updateTerms = statement(
  'search-terms',
  `UPDATE products SET terms = row.terms::tsvector, name_key = row.name_key
   FROM unnest($1::bigint[], $2::text[], $3::text[]) AS row (key, terms, name_key)
   WHERE products.key = row.key`,
)

/** Reindexes the next batch of products if another version of the folding indexed them. Returns their number. */
const indexSome: Operation<number> = async ({ query }) => {
  const [state] = await query(selectState)
  const isBegun = state?.folding === FOLDING
  if (isBegun && state.doneKey === null) return 0
  const rows = await query(selectTexts, [isBegun ? state.doneKey : 0])
  await query(updateTerms, [
    rows.map(({ key }) => key),
    rows.map(termVector),
    rows.map(({ name }) => sortKey(name)),
  ])
  const last = rows[BATCH - 1]?.key ?? null
  await query(setState, [FOLDING, last])
  return rows.length
}

/** Reindexes all products if necessary. Calls `onProgress` with the number so far. */
export async function bringUpToDate(
  writer: GroupCommit,
  total: number,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<void> {
  let done = 0
  for (let count = await writer.call(indexSome); count > 0; count = await writer.call(indexSome)) {
    done += count
    onProgress(done, total)
  }
}
