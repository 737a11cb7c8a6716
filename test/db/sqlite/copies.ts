import { randomUUIDv7 } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Test } from 'tap'
import { openStore } from '../../../db/open.ts'
import type { Store } from '../../../db/store.ts'
import { temporaryFolder } from '../../helper.ts'

const options = { clock: Date.now, newId: randomUUIDv7, staleAfterMs: 1000 }

/** Opens the store in a file, as the service does. */
export const storeAt = (path: string): Promise<Store> => openStore(`file:${path}`, options)

const made = new Map<number, Promise<Buffer>>()

/** The file of a closed database with this many products. */
async function make(path: string, products: number): Promise<Buffer> {
  const store = await storeAt(path)
  await store.createProducts(Array.from({ length: products }, (_, n) => ({ name: `Product ${n}` })))
  await store.close()
  const file = await readFile(path)
  await rm(path)
  return file
}

/** A folder with a closed database of this many products. */
export async function databaseWith(t: Test, products: number) {
  const folder = await temporaryFolder(t)
  const database = made.get(products) ?? make(join(folder, 'made.db'), products)
  made.set(products, database)
  const path = join(folder, 'service.db')
  await writeFile(path, await database)
  return { folder, path, file: join(folder, 'backup.db') }
}

/** The files of a folder whose names begin so. */
export const filesLike = async (folder: string, start: string) =>
  (await readdir(folder)).filter((name) => name.startsWith(start)).sort()

/** The names of a database's products, and whether it is a single file in order. */
export function contentOf(path: string) {
  const db = new Database(path, { readonly: true, fileMustExist: true })
  try {
    return {
      names: db.prepare<[], string>('SELECT name FROM products ORDER BY key').pluck().all(),
      integrity: db.pragma('integrity_check', { simple: true }),
      journal: db.pragma('journal_mode', { simple: true }),
    }
  } finally {
    db.close()
  }
}

export function change(path: string, sql: string): void {
  const db = new Database(path)
  db.exec(sql)
  db.close()
}

/** What can be wrong with a file, what makes it so, and what is said about it. */
export const FAULTS: [what: string, spoil: (path: string) => Promise<void>, said: RegExp][] = [
  [
    "it is another program's",
    async (path) => {
      await writeFile(path, '')
      change(path, 'CREATE TABLE products (id)')
    },
    /it is not a database of this service$/,
  ],
  ['it is empty', (path) => writeFile(path, ''), /it is not a database of this service$/],
  [
    'it is no database',
    (path) => writeFile(path, 'A letter. '.repeat(1000)),
    /file is not a database$/,
  ],
  [
    'it is of a newer version',
    async (path) => {
      change(
        path,
        "INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 99999999999999)",
      )
    },
    /it was written by a newer version of this service; nothing was changed$/,
  ],
  [
    'a part of it was overwritten',
    async (path) => {
      const bytes = await readFile(path)
      await writeFile(path, bytes.fill(0x55, 8192, bytes.length - 8192))
    },
    /malformed|damaged/,
  ],
  [
    'its end is missing',
    async (path) => {
      const bytes = await readFile(path)
      await writeFile(path, bytes.subarray(0, bytes.length / 2))
    },
    /malformed|damaged/,
  ],
  [
    'an index of it does not fit its table',
    async (path) => {
      const db = new Database(path).unsafeMode()
      db.pragma('writable_schema = ON')
      db.exec(`UPDATE sqlite_schema SET sql = 'CREATE INDEX products_name ON products (name)'
      WHERE name = 'products_name'`)
      db.close()
    },
    /it is damaged: products_name \(.*\): row \d+ missing from index products_name; can be rebuilt.*verify/,
  ],
  [
    'rows of it belong to no product',
    async (path) => {
      change(path, 'PRAGMA foreign_keys = OFF; INSERT INTO coverage VALUES (9999, 1, 2, 1)')
    },
    /it is damaged: coverage \(.*\): rows that belong to no product\. Run "npm run verify/,
  ],
]
