import Database from 'better-sqlite3'

/** Reads from a database that nothing has to have open. */
export function readDatabase<T>(database: string, query: (db: Database.Database) => T): T {
  const db = new Database(database, { readonly: true })
  try {
    return query(db)
  } finally {
    db.close()
  }
}
