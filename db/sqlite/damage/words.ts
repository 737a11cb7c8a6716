import type { Database } from 'better-sqlite3'
import { addFunctions, INDEXED, isIndexed, TOKENIZE } from '../search-index.ts'

/** Whether a product's sort key differs from the one of its name. */
export function namesDiffer(db: Database): boolean {
  if (!isIndexed(db)) return false
  addFunctions(db)
  return db.prepare('SELECT 1 FROM products WHERE name_key <> sort_key(name)').get() !== undefined
}

/**
 * Whether the full-text index has other words than the names and descriptions of the products. FTS5 has a check of
 * its own, but it needs to write; so the words are indexed again next to the database. What another version has
 * indexed is skipped: the next start indexes it again.
 */
export function wordsDiffer(db: Database): boolean {
  if (!isIndexed(db)) return false
  addFunctions(db)
  db.exec(
    `CREATE VIRTUAL TABLE temp.kept USING fts5vocab(main, products_fts, row);
     CREATE VIRTUAL TABLE temp.anew USING fts5(terms, content = '', ${TOKENIZE});
     CREATE VIRTUAL TABLE temp.there USING fts5vocab(temp, anew, row)`,
  )
  try {
    db.exec(`INSERT INTO anew (rowid, terms) SELECT key, ${INDEXED} FROM products`)
    const differing = db.prepare(
      `SELECT * FROM (SELECT * FROM kept EXCEPT SELECT * FROM there)
       UNION ALL SELECT * FROM (SELECT * FROM there EXCEPT SELECT * FROM kept) LIMIT 1`,
    )
    return differing.get() !== undefined
  } finally {
    db.exec('DROP TABLE temp.there; DROP TABLE temp.anew; DROP TABLE temp.kept')
  }
}
