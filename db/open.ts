import { fileURLToPath } from 'node:url'
import { SqliteStore } from './sqlite/store.ts'
import type { Store, StoreOptions } from './store.ts'

/** The path of the SQLite file that a `file:` URL names; it may be relative. */
export function databasePath(url: string): string {
  return url.startsWith('file://') ? fileURLToPath(url) : url.replace(/^file:/, '')
}

/**
 * Opens the store that the URL names and brings its tables up to date; `file:PATH` is an SQLite
 * file, made with its folder if missing, for one process at a time. Rejects with a message that names
 * the URL.
 */
export async function openStore(url: string, options: StoreOptions): Promise<Store> {
  try {
    return await SqliteStore.open(databasePath(url), options)
  } catch (error) {
    throw new Error(`The database ${url} cannot be opened: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
