import type { Database } from 'better-sqlite3'
import { addFunctions, INDEXED, isIndexed, TOKENIZE } from '../search-index.ts'

/** Whether a stored sort key differs from the one of the product's name. */
export function namesDiffer(db: Database): boolean {
  if (!isIndexed(db)) return false
  addFunctions(db)
  return db.prepare('SELECT 1 FROM products WHERE name_key <> sort_key(name)').get() !== undefined
}

/**
 * Whether the full-text index has other words than the names and descriptions of the products. FTS5's own check needs
 * write access, so this builds a second index in a temporary database and compares the two. An index of another
 * version is not checked, because the next start rebuilds it anyway.
 */
export function wordsDiffer(db: Database): boolean {
  if (!isIndexed(db)) return false
  addFunctions(db)
  db.exec(
    `CREATE VIRTUAL TABLE temp.stored USING fts5vocab(main, products_fts, row);
     CREATE VIRTUAL TABLE temp.rebuilt USING fts5(terms, content = '', ${TOKENIZE});
     CREATE VIRTUAL TABLE temp.expected USING fts5vocab(temp, rebuilt, row)`,
  )
  try {
    db.exec(`INSERT INTO rebuilt (rowid, terms) SELECT key, ${INDEXED} FROM products`)
    const differing = db.prepare(
      `SELECT * FROM (SELECT * FROM stored EXCEPT SELECT * FROM expected)
       UNION ALL SELECT * FROM (SELECT * FROM expected EXCEPT SELECT * FROM stored) LIMIT 1`,
    )
    return differing.get() !== undefined
  } finally {
    db.exec('DROP TABLE temp.expected; DROP TABLE temp.rebuilt; DROP TABLE temp.stored')
  }
}
