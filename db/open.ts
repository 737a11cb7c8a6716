import { fileURLToPath } from 'node:url'
import { SqliteStore } from './sqlite/store.ts'
import type { Store, StoreObserver } from './store.ts'

/** What every engine needs to know. */
export interface StoreOptions {
  /** The time in epoch milliseconds. */
  clock: () => number
  /** Makes a new product's id, a UUIDv7. */
  newId: () => string
  /** A product that was last checked longer ago than this, or in the future, is stale. */
  staleAfterMs: number
  /** How long to wait for another process that has the database open, such as one that is stopping. */
  waitMs?: number
  observer?: StoreObserver
}

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
