import { locationOf, shownUrl } from './location.ts'
import type { Maintenance } from './maintenance.ts'
import { sqliteMaintenance } from './sqlite/maintenance.ts'
import { openSqliteStore } from './sqlite/store.ts'
import type { Store, StoreOptions } from './store.ts'

/**
 * Opens the store that the URL names and brings its tables up to date. `file:PATH` is an SQLite file,
 * created with its folder if missing, for one process at a time; any other scheme is refused before
 * anything is created. Rejects with a message that contains the URL without its password.
 */
export async function openStore(url: string, options: StoreOptions): Promise<Store> {
  try {
    return await openSqliteStore(locationOf(url).path, options)
  } catch (error) {
    throw new Error(`The database ${shownUrl(url)} cannot be opened: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** The maintenance of the database that the URL names. Throws where no engine supports it. */
export function maintenanceOf(url: string): Maintenance {
  return sqliteMaintenance(locationOf(url).path)
}

/** The maintenance of a file that is a backup or a database. */
export function maintenanceOfFile(path: string): Maintenance {
  return sqliteMaintenance(path)
}
