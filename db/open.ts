import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
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
  observer?: StoreObserver
}

/** The path of the SQLite file that a `file:` URL names; it may be relative. */
export function databasePath(url: string): string {
  return url.startsWith('file://') ? fileURLToPath(url) : url.replace(/^file:/, '')
}

/**
 * Opens the store that the URL names and brings its tables up to date; `file:PATH` is an SQLite
 * file, made with its folder if missing. Rejects with a message that names the URL.
 */
export async function openStore(url: string, options: StoreOptions): Promise<Store> {
  try {
    const path = databasePath(url)
    await mkdir(dirname(path), { recursive: true })
    // It holds the token of the Offers service, which is for nobody else to read.
    await (await open(path, 'a', 0o600)).close()
    return await SqliteStore.open(path, options)
  } catch (error) {
    throw new Error(`The database ${url} cannot be opened: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
