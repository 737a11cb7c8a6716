import type { Test } from 'tap'
import { databaseWith } from '../db/sqlite/copies.ts'
import { postgresDatabase } from './database.ts'

/** A database file with three products, and the URL of an empty database in PostgreSQL. */
export async function twoDatabases(t: Test) {
  const { folder, path } = await databaseWith(t, 3)
  const file = `file:${path}`
  return { folder, path, file, env: { DATABASE_URL: file }, url: await postgresDatabase(t) }
}
