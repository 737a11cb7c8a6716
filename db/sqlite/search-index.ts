/** Writes and queries the full-text index and the sort keys of names, whose contents `search/` computes. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { type ProductTexts, SEARCHED_FIELDS } from '../../schemas/product-fields.ts'
import type { SoughtWord } from '../../search/query.ts'
import { sortKey } from '../../search/sort-key.ts'
import { termsOf } from '../../search/terms.ts'
import { FOLDING } from '../../search/version.ts'

/** The texts of a product that are indexed. */
type IndexedTexts = Pick<ProductTexts, (typeof SEARCHED_FIELDS)[number]>

/** The number of products to index in one transaction. */
const BATCH = 2000

/** A tokenizer that splits only at spaces, because `termsOf` has already split and folded the text. */
export const TOKENIZE = `tokenize = "ascii tokenchars '.'"`

/** The text that the index has for a product. */
export const indexed = (texts: IndexedTexts) =>
  termsOf(SEARCHED_FIELDS.map((field) => texts[field])).join(' ')

/** The same in SQL, for the columns of `products`. */
export const INDEXED = `terms_of(${SEARCHED_FIELDS})`

/** The FTS5 query for these words. */
export function matchOf(words: readonly SoughtWord[]): string {
  const alternatives = words.map((word) =>
    word.map(({ terms, prefix }) => `"${terms.join(' ')}"${prefix ? '*' : ''}`),
  )
  return alternatives.map((phrases) => `(${phrases.join(' OR ')})`).join(' AND ')
}

/** Whether this program's folding indexed all products; false in a database of an older version. */
export function isIndexed(db: Database.Database): boolean {
  const made = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'search_state'").get()
  if (!made) return false
  const select = 'SELECT 1 FROM search_state WHERE folding = ? AND done_key IS NULL'
  return db.prepare(select).get(FOLDING) !== undefined
}

/** Defines the SQL functions `terms_of`, for `INDEXED`, and `sort_key(name)`. */
export function addFunctions(db: Database.Database): void {
  const deterministic = true
  db.function('sort_key', { deterministic }, (name) => sortKey(String(name)))
  db.function('terms_of', { deterministic, varargs: true }, (...texts) =>
    termsOf(texts.map(String)).join(' '),
  )
}

/**
 * Indexes all products again if another version of the folding indexed them, or if that was interrupted. Each step is
 * a transaction; it yields the number of products in it.
 */
export function* indexAll(db: Database.Database): Generator<number> {
  if (isIndexed(db)) return
  addFunctions(db)
  const selectDone = db
    .prepare<[number], number>('SELECT done_key FROM search_state WHERE folding = ?')
    .pluck()
  const selectNext = db
    .prepare<[number], number>(`SELECT key FROM products WHERE key > ? ORDER BY key LIMIT ${BATCH}`)
    .pluck()
  const updateKeys = db.prepare(
    'UPDATE products SET name_key = sort_key(name) WHERE key > ? AND key <= ?',
  )
  const insertWords = db.prepare(
    `INSERT INTO products_fts (rowid, terms)
     SELECT key, ${INDEXED} FROM products WHERE key > ? AND key <= ? ORDER BY key`,
  )
  const setState = db.prepare(
    'INSERT OR REPLACE INTO search_state (key, folding, done_key) VALUES (1, ?, ?)',
  )

  const step = db.transaction(() => {
    const done = selectDone.get(FOLDING)
    if (done === undefined) db.exec("INSERT INTO products_fts (products_fts) VALUES ('delete-all')")
    const keys = selectNext.all(done ?? 0)
    const last = keys.at(-1)
    updateKeys.run(done ?? 0, last)
    insertWords.run(done ?? 0, last)
    setState.run(FOLDING, keys.length < BATCH ? null : last)
    return keys.length
  })

  for (let count = BATCH; count === BATCH; ) {
    count = step.immediate()
    yield count
  }
}

/**
 * Does the same with the file at `path`, whose lock the caller must hold, and lets other work run between the steps.
 * Calls `onProgress` with the number of products so far and in total, unless there are none.
 */
export async function bringUpToDate(
  path: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<void> {
  const db = new Database(path)
  try {
    if (isIndexed(db)) return
    const total = Number(
      db
        .prepare(
          `SELECT count(*) FROM products WHERE key > coalesce(
             (SELECT done_key FROM search_state WHERE folding = ?), 0)`,
        )
        .pluck()
        .get(FOLDING),
    )
    let done = 0
    for (const count of indexAll(db)) {
      done += count
      if (total > 0) onProgress(done, total)
      await nextTurn()
    }
  } finally {
    db.close()
  }
}
