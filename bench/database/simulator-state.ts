import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import Database from 'better-sqlite3'
import type { StateEvent } from '../../simulator/state-journal.ts'

/** The access token under which all products are registered; the first generation. */
export const TOKEN = 'bench-token'

const lineOf = (event: StateEvent | { type: 'journal'; version: 1; generation: 1 }) =>
  `${JSON.stringify(event)}\n`

/** Writes the journal of a simulator that knows the products of a database, for `SIMULATOR_STATE`. */
export async function writeSimulatorState(database: string, path: string): Promise<void> {
  const db = new Database(database, { readonly: true })
  const select = db.prepare<[], { id: string; name: string; description: string }>(
    'SELECT id, name, description FROM products ORDER BY key',
  )
  function* lines() {
    yield lineOf({ type: 'journal', version: 1, generation: 1 })
    yield lineOf({ type: 'token', owner: TOKEN, token: TOKEN, expires: null })
    for (const product of select.iterate()) {
      yield lineOf({ type: 'product', owner: TOKEN, ...product })
    }
  }
  try {
    await pipeline(lines, createWriteStream(path))
  } finally {
    db.close()
  }
}
