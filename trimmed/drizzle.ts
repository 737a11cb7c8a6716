/**
 * What this engine uses of drizzle-orm, loaded as CommonJS and by the paths of its files: for each of its
 * many modules Node's ESM loader reads the package's very large package.json, which takes half a second in
 * each thread that imports it. This way it is read once.
 */
import { createRequire } from 'node:module'

const require = createRequire(createRequire(import.meta.url).resolve('drizzle-orm'))

export const {
  and,
  asc,
  desc,
  eq,
  is,
  isNotNull,
  isNull,
  Placeholder,
  sql,
}: typeof import('drizzle-orm') = require('./index.cjs')

export const {
  blob,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
}: typeof import('drizzle-orm/sqlite-core') = require('./sqlite-core/index.cjs')

export const {
  drizzle,
}: typeof import('drizzle-orm/better-sqlite3') = require('./better-sqlite3/index.cjs')

export const {
  migrate,
}: typeof import('drizzle-orm/better-sqlite3/migrator') = require('./better-sqlite3/migrator.cjs')

export const {
  readMigrationFiles,
}: typeof import('drizzle-orm/migrator') = require('./migrator.cjs')
