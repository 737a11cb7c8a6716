/** The tables that say who does what, and what was done already; see `schema.ts`. */
import { index, integer, pgTable, smallint, timestamp } from 'drizzle-orm/pg-core'
import { text, whole } from './schema-types.ts'

/** What one instance at a time does, while a row says so. */
export const claims = pgTable('claims', {
  name: text().primaryKey(),
  /** In the database's time. The instance may have died, so the claim ends then. */
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
    /** When it was carried out. */
    at: whole().notNull(),
    /** What the request resulted in, as JSON; see `Creation` in `db/refusals.ts`. */
    result: text().notNull(),
  },
  (table) => [index('idempotency_keys_at').on(table.at)],
)

/** How far the terms and the sort keys of names follow `search/`: one row. */
export const searchState = pgTable('search_state', {
  key: smallint().primaryKey(),
  /** The `FOLDING` that they were made by. */
  folding: integer().notNull(),
  /** The last product that is done, while they are made anew; null when all are. */
  doneKey: whole('done_key'),
})

/** The processes that share the work; one that has not said so until `until` lives no more. */
export const instances = pgTable('instances', {
  id: text().primaryKey(),
  /** In the database's time. */
  until: timestamp({ withTimezone: true }).notNull(),
})

/** Who polls the products of each shard; see `db/postgres/leases.ts`. */
export const shards = pgTable(
  'shards',
  {
    shard: smallint().primaryKey(),
    owner: text().references(() => instances.id, { onDelete: 'set null' }),
  },
  (table) => [index('shards_owner').on(table.owner)],
)
