/** The tables with which instances coordinate, and those of work that is done only once; see `schema.ts`. */
import { index, integer, pgTable, smallint, timestamp } from 'drizzle-orm/pg-core'
import { text, whole } from './schema-types.ts'

/** Work that only one instance may do at a time: it has claimed it while there is a row. */
export const claims = pgTable('claims', {
  name: text().primaryKey(),
  /** When the claim ends by itself, in the database's time, because the instance may have died. */
  until: timestamp({ withTimezone: true }).notNull(),
})

/** The idempotency keys of the last day. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** A digest of the client's key and its token. */
    key: text().primaryKey(),
    /** A digest of the request. */
    request: text().notNull(),
    /** When the request was carried out. */
    at: whole().notNull(),
    /** The result of the request, as JSON; see `Creation` in `db/refusals.ts`. */
    result: text().notNull(),
  },
  (table) => [index('idempotency_keys_at').on(table.at)],
)

/** The state of the terms and sort keys that `search/` computes: one row. */
export const searchState = pgTable('search_state', {
  key: smallint().primaryKey(),
  /** The version of the folding that made them; see `search/version.ts`. */
  folding: integer().notNull(),
  /** The last product indexed so far while they are being rebuilt; null when all are indexed. */
  doneKey: whole('done_key'),
})

/** The processes that share the work. One that has not renewed its lease by `until` counts as dead. */
export const instances = pgTable('instances', {
  id: text().primaryKey(),
  /** In the database's time. */
  until: timestamp({ withTimezone: true }).notNull(),
})

/** Which instance polls the products of each shard; see `db/postgres/leases.ts`. */
export const shards = pgTable(
  'shards',
  {
    shard: smallint().primaryKey(),
    owner: text().references(() => instances.id, { onDelete: 'set null' }),
  },
  (table) => [index('shards_owner').on(table.owner)],
)
