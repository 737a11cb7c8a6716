/**
 * What this engine uses of drizzle-orm, loaded as CommonJS: for each of its many modules Node's ESM
 * loader reads the package's very large package.json, which takes half a second in each thread that
 * imports it. This way it takes a fifth of that.
 */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

export const {
  and,
  asc,
  desc,
  eq,
  is,
  isNotNull,
  isNull,
  lt,
  lte,
  or,
  Placeholder,
  sql,
}: typeof import('drizzle-orm') = require('drizzle-orm')

export const {
  blob,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
}: typeof import('drizzle-orm/sqlite-core') = require('drizzle-orm/sqlite-core')

export const {
  drizzle,
}: typeof import('drizzle-orm/better-sqlite3') = require('drizzle-orm/better-sqlite3')

export const {
  migrate,
}: typeof import('drizzle-orm/better-sqlite3/migrator') = require('drizzle-orm/better-sqlite3/migrator')

export const {
  readMigrationFiles,
}: typeof import('drizzle-orm/migrator') = require('drizzle-orm/migrator')
