import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate as applyMigrations } from 'drizzle-orm/better-sqlite3/migrator'
import type { Test } from 'tap'
import { temporaryFolder } from '../../helper.ts'

const MIGRATIONS = new URL('../../../db/sqlite/migrations', import.meta.url)

/** The path of a database as the first migrations leave it. */
export async function databaseAfter(t: Test, count: number): Promise<string> {
  const folder = await temporaryFolder(t)
  const migrationsFolder = join(folder, 'migrations')
  await cp(MIGRATIONS, migrationsFolder, { recursive: true })
  const journal = join(migrationsFolder, 'meta', '_journal.json')
  const { entries, ...rest } = JSON.parse(await readFile(journal, 'utf8'))
  await writeFile(journal, JSON.stringify({ ...rest, entries: entries.slice(0, count) }))
  const path = join(folder, 'test.db')
  const db = new Database(path)
  applyMigrations(drizzle(db), { migrationsFolder })
  db.close()
  return path
}
