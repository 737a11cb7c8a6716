import type { Database } from 'better-sqlite3'

/** What divides text into words, as the first migration has it. */
const TOKENIZE = `tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co M*'"`

/**
 * Whether the full-text index has other words than the names and descriptions of the products. FTS5 has
 * a check of its own, which wants to write; so the words are indexed anew beside the database.
 */
export function wordsDiffer(db: Database): boolean {
  db.exec(
    `CREATE VIRTUAL TABLE temp.kept USING fts5vocab(main, products_fts, row);
     CREATE VIRTUAL TABLE temp.anew USING fts5(name, description, content = '', ${TOKENIZE});
     CREATE VIRTUAL TABLE temp.there USING fts5vocab(temp, anew, row)`,
  )
  try {
    db.exec(
      'INSERT INTO anew (rowid, name, description) SELECT key, name, description FROM products',
    )
    const differing = db.prepare(
      `SELECT * FROM (SELECT * FROM kept EXCEPT SELECT * FROM there)
       UNION ALL SELECT * FROM (SELECT * FROM there EXCEPT SELECT * FROM kept) LIMIT 1`,
    )
    return differing.get() !== undefined
  } finally {
    db.exec('DROP TABLE temp.there; DROP TABLE temp.anew; DROP TABLE temp.kept')
  }
}
