/**
 * The tables of the PostgreSQL engine, from which drizzle-kit makes the migrations, with those in
 * `schema-instances.ts`; nothing else imports them. Keys are integers inside and text ids outside; times are
 * milliseconds since 1970 in UTC.
 *
 * What drizzle cannot express is only in the migrations: fill factors, storage and autovacuum.
 */
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { bytes, terms, text, whole } from './schema-types.ts'

/** The products as clients edit them. The rows are long and change rarely. */
export const products = pgTable(
  'products',
  {
    /** Never reused, so that a late answer for a deleted product cannot reach another one. */
    key: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    id: text().notNull().unique(),
    name: text().notNull(),
    /** `sortKey(name)`, by which names sort. */
    nameKey: text('name_key').notNull(),
    description: text().notNull(),
    /** The terms that searches match: those of `termsOf`, with their positions. */
    terms: terms().notNull(),
    /** The client's own key; null if it gave none. */
    externalId: text('external_id'),
    createdAt: whole('created_at').notNull(),
    updatedAt: whole('updated_at').notNull(),
    /** Incremented when a client changes a field; `If-Match` compares it. */
    version: integer().notNull().default(1),
    registration: text().notNull().default('pending'),
    /** Why it was rejected; null otherwise. */
    registrationReason: text('registration_reason'),
    /** The number of consecutive failed registrations. */
    registrationFailures: integer('registration_failures').notNull().default(0),
    /** When the registration of a pending product is due; null if it is not pending. */
    registerAt: whole('register_at'),
    /** When it was last registered. */
    registeredAt: whole('registered_at'),
    /** How and when registration last failed; null after a success. */
    registrationFault: text('registration_fault'),
    registrationMessage: text('registration_message'),
    registrationFailedAt: whole('registration_failed_at'),
    /** An array and an object of texts, as JSON. */
    tags: text().notNull().default('[]'),
    metadata: text().notNull().default('{}'),
  },
  (table) => [
    index('products_terms').using('gin', table.terms),
    uniqueIndex('products_external_id').on(table.externalId).where(sql`external_id IS NOT NULL`),
    index('products_name').on(table.nameKey, table.key),
    index('products_register_at')
      .on(table.registerAt, table.key)
      .where(sql`register_at IS NOT NULL`),
    index('products_rejected').on(table.key).where(sql`registration = 'rejected'`),
    index('products_updated_at').on(table.updatedAt),
  ],
)

/**
 * What each poll changes: one short row per product. No index has a column that a successful poll changes, so that its
 * update stays in its page and touches no index.
 */
export const polls = pgTable(
  'polls',
  {
    productKey: whole('product_key')
      .primaryKey()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** When its next poll is due; null while the product is not registered. */
    dueAt: whole('due_at'),
    /** When the Offers service last answered for it. */
    checkedAt: whole('checked_at'),
    /** The start of the run of successful polls that ended at `checkedAt`, or is still open. */
    coveredSince: whole('covered_since'),
    /** The times of the first and last failed polls since then; null if there were none. */
    failingSince: whole('failing_since'),
    failedAt: whole('failed_at'),
    /** The end of the history in `rollups`, a full hour; null if it has none yet. */
    rolledUntil: whole('rolled_until'),
    /** The number of consecutive failed polls. */
    failures: integer().notNull().default(0),
    /** The fingerprint of the answer that its offers come from; null if it had none. */
    answer: text(),
    /** How the last poll failed; null if it succeeded. */
    fault: text(),
    message: text(),
  },
  (table) => [
    index('polls_failing').on(table.productKey).where(sql`failures > 0`),
    index('polls_rolled_until').on(table.rolledUntil).where(sql`rolled_until IS NOT NULL`),
  ],
)

/** Every offer ever seen. `listings` has the state of those on sale. */
export const offers = pgTable(
  'offers',
  {
    productKey: whole('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** Its number among the offers of its product, from 1, in the order in which they were first seen. */
    number: integer().notNull(),
    id: text().notNull(),
    firstSeenAt: whole('first_seen_at').notNull(),
    /** When it was delisted; null while it is on sale, like the columns below. */
    delistedAt: whole('delisted_at'),
    /** Its last state. */
    price: whole(),
    /** The API's `lowest_prior_30d`; also null if there was none. */
    lowestPrior: whole('lowest_prior'),
    /** The input of the next `lowestPrior`, in hexadecimal; see `db/encoding/past-prices.ts`. */
    pastPrices: text('past_prices'),
  },
  (table) => [
    primaryKey({ columns: [table.productKey, table.number] }),
    uniqueIndex('offers_product_id').on(table.productKey, table.id),
  ],
)

/** The offers on sale of each product, and the figures derived from them: one row per product. */
export const listings = pgTable(
  'listings',
  {
    productKey: whole('product_key')
      .primaryKey()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** The number of offers on sale. */
    offersCount: integer('offers_count').notNull().default(0),
    /** The lowest price of an offer in stock. */
    lowestPrice: whole('lowest_price'),
    /** The all-time extremes of `lowestPrice`, and when each was reached; null if it never had a price. */
    lowPrice: whole('low_price'),
    lowAt: whole('low_at'),
    highPrice: whole('high_price'),
    highAt: whole('high_at'),
    /** The time of the last change that they include; see `db/encoding/extremes.ts`. */
    extremesUntil: whole('extremes_until'),
    /** As the API shows them, in its order, as JSON that is sent as it is. */
    offers: text().notNull().default('[]'),
    /** What the API does not show, in the same order: the number of each, its `changed_at` in ms, its past prices. */
    internals: text().notNull().default('[]'),
  },
  (table) => [index('listings_lowest_price').on(table.lowestPrice, table.productKey)],
)

/** The changes found by polls, in chunks; see `db/encoding/chunk.ts`. */
export const history = pgTable(
  'history',
  {
    productKey: whole('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** The times of the first and the last poll in it. */
    since: whole().notNull(),
    until: whole().notNull(),
    polls: bytes().notNull(),
  },
  (table) => [primaryKey({ columns: [table.productKey, table.since] })],
)

/** The hourly summaries, which are kept for ever: each row has the hours of a day; see `db/encoding/hours.ts`. */
export const rollups = pgTable(
  'rollups',
  {
    productKey: whole('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** The number of an offer, or 0 for the lowest price of the product. */
    series: integer().notNull(),
    /** Days since 1970. */
    day: integer().notNull(),
    hours: bytes().notNull(),
    /** The stock in these hours; null if an earlier version made the summaries. */
    stocks: bytes(),
  },
  (table) => [primaryKey({ columns: [table.productKey, table.series, table.day] })],
)

/** Closed runs of polls that all succeeded or all failed, from the first poll to the last. */
export const coverage = pgTable(
  'coverage',
  {
    productKey: whole('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    since: whole().notNull(),
    until: whole().notNull(),
    good: boolean().notNull(),
  },
  (table) => [primaryKey({ columns: [table.productKey, table.since] })],
)

/** The last time in which all polling paused because the Offers service could not be called: at most one row. */
export const pauses = pgTable('pauses', {
  key: smallint().primaryKey(),
  since: whole().notNull(),
  until: whole().notNull(),
})

/** The change feed: a row for each change of a product, and one for all changes that a poll found. */
export const changes = pgTable(
  'changes',
  {
    /** The `seq` of the last change in the row; the changes of a poll have consecutive numbers. */
    seq: whole().primaryKey(),
    at: whole().notNull(),
    /** 0 for a poll, else the type of the change; see `db/encoding/changes.ts`. */
    kind: smallint().notNull(),
    /** Not a foreign key: the change outlives the product. */
    productKey: whole('product_key').notNull(),
    /** The changes that a poll found. */
    offers: bytes(),
    /** The firing of an alert, as JSON; see `db/encoding/feed-rows.ts`. */
    alert: text(),
    /** The tags before the change, as JSON, if it changes the product's tags or deletes the product. */
    tags: text(),
  },
  (table) => [index('changes_tags').on(table.productKey, table.seq).where(sql`tags IS NOT NULL`)],
)

/** Deleted products that the change feed still mentions. */
export const deletedProducts = pgTable(
  'deleted_products',
  {
    key: whole().primaryKey(),
    id: text().notNull().unique(),
    /** The ids of its offers by number, as JSON. */
    offers: text().notNull(),
    /** The `seq` of its deletion in the feed. */
    seq: whole().notNull(),
  },
  (table) => [index('deleted_products_seq').on(table.seq)],
)

/**
 * The counter of the feed, and denormalised counters: one row. Each transaction updates it last, so that changes are
 * committed in the order of their `seq`.
 */
export const feed = pgTable('feed', {
  key: smallint().primaryKey(),
  /** The `seq` of the last change. */
  seq: whole().notNull(),
  /** The `seq` of the last change that was deleted from the feed. */
  compactedSeq: whole('compacted_seq').notNull(),
  /** No product was created later than this. */
  createdAt: whole('created_at').notNull(),
  products: whole().notNull(),
  pending: whole().notNull(),
  registered: whole().notNull(),
  /** Offers on sale. */
  offers: whole().notNull(),
})

/** The credentials of the Offers service: one row, or none before the first token. */
export const credentials = pgTable('credentials', {
  key: smallint().primaryKey(),
  /** The service and account that the token is for. */
  account: text().notNull(),
  accessToken: text('access_token').notNull(),
  /** When the token expires; null if it does not. */
  expiresAt: whole('expires_at'),
  /** While the registrations tied to an earlier token are being reopened: when they become due. */
  reregisterAt: whole('reregister_at'),
  /** The last product that has been reopened. */
  reregisteredKey: whole('reregistered_key'),
})

/** Random keys, created once per database. */
export const secrets = pgTable('secrets', {
  name: text().primaryKey(),
  value: bytes().notNull(),
})
