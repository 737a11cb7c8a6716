import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { migrate as applyMigrations, drizzle, readMigrationFiles } from './drizzle.ts'

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))

/** `PAGR`, which the first migration writes into the header of the file. */
const APPLICATION_ID = 1_346_455_378

/** Throws where a database is not one of this service, or was written by a newer version of it. */
export function assertOurs(connection: Database.Database): void {
  if (connection.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new Error('it is not a database of this service')
  }
  const applied = connection
    .prepare('SELECT max(created_at) FROM __drizzle_migrations')
    .pluck()
    .get() as number
  const known = Math.max(
    ...readMigrationFiles({ migrationsFolder }).map((file) => file.folderMillis),
  )
  if (applied > known) {
    throw new Error('it was written by a newer version of this service; nothing was changed')
  }
}

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
    const tables = file.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()
    if (tables !== 0) assertOurs(file)
  } finally {
    file.close()
  }
}

/** Makes the file if it is missing and brings its tables up to date, in one transaction. */
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
