import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { readMigrationFiles } from '../../trimmed/drizzle.ts'
import { HALF_COPIED, PROGRESS_TABLE } from '../transfer/half-copy.ts'

export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))

/** The table in which drizzle records the migrations of a database. */
const TABLE = '__drizzle_migrations'

/** The characters `PAGR`, which the first migration writes into the header of the file. */
const APPLICATION_ID = 1_346_455_378

const WHAT_TO_DO =
  'no version of this service leaves a database in this state; nothing was changed. Restore a backup ' +
  '(npm run restore), or set DATABASE_URL to another file'

const OLDER =
  'it was made by an older version of this service; run "npm run migrate" with DATABASE_URL set to it first'

interface Applied {
  hash: string
  at: number
}

/** Reads which migrations were applied. Throws if the table is not the one that drizzle creates. */
function appliedTo(connection: Database.Database): Applied[] {
  try {
    return connection
      .prepare<[], Applied>(`SELECT hash, created_at AS at FROM ${TABLE} ORDER BY created_at`)
      .all()
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_ERROR') throw error
    throw new Error(`its list of migrations cannot be read (${error.message}); ${WHAT_TO_DO}`)
  }
}

const selectTables = (connection: Database.Database) =>
  connection
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all()

/** Lists the tables that these migrations create, by running them in memory. */
function tablesAfter(migrations: { sql: string[] }[]): string[] {
  const connection = new Database(':memory:')
  try {
    for (const { sql } of migrations) for (const statement of sql) connection.exec(statement)
    return selectTables(connection)
  } finally {
    connection.close()
  }
}

/**
 * Throws if a database does not belong to this service, was written by a newer version, has migrations that no version
 * has, or lacks a table. Only reads.
 */
export function assertOurs(connection: Database.Database): void {
  if (connection.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new Error('it is not a database of this service')
  }
  const applied = appliedTo(connection)
  const known = readMigrationFiles({ migrationsFolder })
  if (Number(applied.at(-1)?.at) > Math.max(...known.map(({ folderMillis }) => folderMillis))) {
    throw new Error('it was written by a newer version of this service; nothing was changed')
  }
  if (applied.length === 0) throw new Error(`its list of migrations is empty; ${WHAT_TO_DO}`)
  for (const [index, { hash, at }] of applied.entries()) {
    const migration = known[index]
    if (migration?.hash === hash && migration.folderMillis === at) continue
    throw new Error(`its migration ${index + 1} is not one of this service; ${WHAT_TO_DO}`)
  }
  const tables = new Set(selectTables(connection))
  const missing = tablesAfter(known.slice(0, applied.length)).filter((name) => !tables.has(name))
  if (missing.length > 0) throw new Error(`it has no table ${missing.join(', ')}; ${WHAT_TO_DO}`)
}

/** Throws if `migrate-to` has not finished filling the database. */
export function assertWholeCopy(connection: Database.Database): void {
  if (selectTables(connection).includes(PROGRESS_TABLE)) throw new Error(HALF_COPIED)
}

/** Throws unless the database has the tables of this version and is not a partial copy. */
export function assertUpToDate(connection: Database.Database): void {
  assertOurs(connection)
  assertWholeCopy(connection)
  const known = readMigrationFiles({ migrationsFolder })
  if (appliedTo(connection).length < known.length) throw new Error(OLDER)
}

/**
 * Whether a database holds nothing yet. drizzle creates its list of migrations before it begins their transaction. If
 * the process is killed in between, an empty list is all there is.
 */
export function isEmpty(connection: Database.Database): boolean {
  if (connection.pragma('application_id', { simple: true }) !== 0) return false
  const names = connection.prepare('SELECT DISTINCT tbl_name FROM sqlite_schema').pluck().all()
  if (names.length === 0) return true
  return names.length === 1 && names[0] === TABLE && appliedTo(connection).length === 0
}
