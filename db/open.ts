import { locationOf, shownUrl } from './location.ts'
import type { Maintenance } from './maintenance.ts'
import { sqliteMaintenance } from './sqlite/maintenance.ts'
import { migrateSqliteFile, openSqliteStore } from './sqlite/store.ts'
import type { Store, StoreOptions } from './store.ts'

/**
 * Opens the store that the URL names and brings its tables up to date. `file:PATH` is an SQLite file,
 * created with its folder if missing, for one process at a time. `postgres:` is a PostgreSQL database, for any
 * number of processes. Any other scheme is refused before anything is created. Rejects with a message that
 * contains the URL without its password.
 */
export async function openStore(url: string, options: StoreOptions): Promise<Store> {
  try {
    const location = locationOf(url)
    if (location.engine === 'sqlite') return await openSqliteStore(location.path, options)
    // Loaded on demand, because the driver costs memory and time at the start.
    const { openPostgresStore } = await import('./postgres/store.ts')
    return await openPostgresStore(location.url, options)
  } catch (error) {
    throw new Error(`The database ${shownUrl(url)} cannot be opened: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/**
 * Brings the tables of the database that the URL names up to date, and creates them if there are none, as opening the
 * store does. Rejects with a message that contains the URL without its password.
 */
export async function migrateDatabase(url: string): Promise<void> {
  try {
    const location = locationOf(url)
    if (location.engine === 'sqlite') return await migrateSqliteFile(location.path)
    const { migrate } = await import('./postgres/migrate.ts')
    await migrate(location.url)
  } catch (error) {
    throw new Error(
      `The database ${shownUrl(url)} cannot be migrated: ${(error as Error).message}`,
      {
        cause: error,
      },
    )
  }
}

/** The maintenance of the database that the URL names. Throws where no engine supports it. */
export function maintenanceOf(url: string): Maintenance {
  const location = locationOf(url)
  if (location.engine === 'sqlite') return sqliteMaintenance(location.path)
  throw new Error(
    'PostgreSQL has its own tools for this: pg_dump makes a backup, pg_restore restores one, and pg_amcheck ' +
      'looks for damage',
  )
}

/** The maintenance of a file that is a backup or a database. */
export function maintenanceOfFile(path: string): Maintenance {
  return sqliteMaintenance(path)
}
