import Database from 'better-sqlite3'
import { migrate as applyMigrations, drizzle } from '../../trimmed/drizzle.ts'
import { assertOurs, isEmpty, migrationsFolder } from './migration-history.ts'

/**
 * Only reads, so that a file that is refused stays as it is. A file that is missing or holds nothing yet
 * is good.
 */
function assertOursOrEmpty(path: string): void {
  let file: Database.Database
  try {
    file = new Database(path, { readonly: true, fileMustExist: true })
  } catch {
    return // Opening it for writing makes it, or says why it can't be made.
  }
  try {
    if (!isEmpty(file)) assertOurs(file)
  } finally {
    file.close()
  }
}

/** Brings the tables of a database up to date, in one transaction. The lock on it must be held. */
export function migrate(path: string): void {
  assertOursOrEmpty(path)
  const connection = new Database(path)
  try {
    connection.pragma('auto_vacuum = INCREMENTAL') // Only has effect before the first table is made.
    connection.pragma('journal_mode = WAL')
    applyMigrations(drizzle(connection), { migrationsFolder })
  } finally {
    connection.close()
  }
}
