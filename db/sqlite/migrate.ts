import Database from 'better-sqlite3'
import { migrate as applyMigrations, drizzle } from '../../trimmed/drizzle.ts'
import { assertOurs, assertWholeCopy, isEmpty, migrationsFolder } from './migration-history.ts'

/**
 * Checks a file without writing to it, so that a refused file stays as it is. A missing or empty file is accepted.
 */
function assertOursOrEmpty(path: string, mayBeHalfCopied: boolean): void {
  let file: Database.Database
  try {
    file = new Database(path, { readonly: true, fileMustExist: true })
  } catch {
    return // It is missing, or opening it for writing will say what is wrong.
  }
  try {
    if (isEmpty(file)) return
    assertOurs(file)
    if (!mayBeHalfCopied) assertWholeCopy(file)
  } finally {
    file.close()
  }
}

/** Brings the tables of a database up to date, in one transaction. The caller must hold its lock. */
export function migrate(path: string, { mayBeHalfCopied = false } = {}): void {
  assertOursOrEmpty(path, mayBeHalfCopied)
  const connection = new Database(path)
  try {
    connection.pragma('auto_vacuum = INCREMENTAL') // Only takes effect before the first table is created.
    connection.pragma('journal_mode = WAL')
    applyMigrations(drizzle(connection), { migrationsFolder })
  } finally {
    connection.close()
  }
}
