/**
 * The tables of the PostgreSQL engine, from which drizzle-kit makes the migrations, with those in
 * `schema-instances.ts`; nothing else imports them. Keys are integers inside and text ids outside; times are
 * milliseconds since 1970 in UTC.
 *
 * What drizzle has no words for stands in the migrations alone: fill factors, storage and autovacuum.
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

/** What people edit. Its rows are long and change seldom. */
export const products = pgTable(
  'products',
  {
    /** Never used twice, so that a late answer for a deleted product can't reach another one. */
    key: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    id: text().notNull().unique(),
    name: text().notNull(),
    /** `sortKey(name)`, by which names sort. */
    nameKey: text('name_key').notNull(),
    description: text().notNull(),
    /** What is searched for: `termsOf` with the place of each term. */
    terms: terms().notNull(),
    /** The client's own key; null if it gave none. */
    externalId: text('external_id'),
    createdAt: whole('created_at').notNull(),
    updatedAt: whole('updated_at').notNull(),
    /** Grows with each change by a client; what `If-Match` compares. */
    version: integer().notNull().default(1),
    registration: text().notNull().default('pending'),
    /** Why it was rejected; null otherwise. */
    registrationReason: text('registration_reason'),
    /** How often registering failed in a row. */
    registrationFailures: integer('registration_failures').notNull().default(0),
    /** When the registration of a pending product is due; null if it is not pending. */
    registerAt: whole('register_at'),
    /** When it was last registered. */
    registeredAt: whole('registered_at'),
    /** How and when registering failed last; null while it has not failed since it last went well. */
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
 * What each poll changes: one short row a product. No index has a column that a good poll changes, so that
 * such an update stays in its page and leaves all indexes alone.
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
    /** The start of the run of good polls whose last one is `checkedAt`. */
    coveredSince: whole('covered_since'),
    /** The first and the last of the failed polls since then; null if none failed. */
    failingSince: whole('failing_since'),
    failedAt: whole('failed_at'),
    /** Up to when `rollups` tells its history, a full hour; null where it has none yet. */
    rolledUntil: whole('rolled_until'),
    /** How many polls failed in a row. */
    failures: integer().notNull().default(0),
    /** The name of the answer that its offers are from; null where it had none. */
    answer: text(),
    /** How the last poll failed; null where it did not. */
    fault: text(),
    message: text(),
  },
  (table) => [
    index('polls_failing').on(table.productKey).where(sql`failures > 0`),
    index('polls_rolled_until').on(table.rolledUntil).where(sql`rolled_until IS NOT NULL`),
  ],
)

/** Every offer ever seen. How those on sale stand is in `listings`. */
export const offers = pgTable(
  'offers',
  {
    productKey: whole('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** Its place among the offers of its product, in the order in which they were first seen, from 1. */
    number: integer().notNull(),
    id: text().notNull(),
    firstSeenAt: whole('first_seen_at').notNull(),
    /** When it was delisted; null, as all that follows, while it is on sale. */
    delistedAt: whole('delisted_at'),
    /** How it was last. */
    price: whole(),
    /** The API's `lowest_prior_30d`; null also where it was none. */
    lowestPrior: whole('lowest_prior'),
    /** What the next `lowestPrior` is found from, in hexadecimal; see `db/encoding/past-prices.ts`. */
    pastPrices: text('past_prices'),
  },
  (table) => [
    primaryKey({ columns: [table.productKey, table.number] }),
    uniqueIndex('offers_product_id').on(table.productKey, table.id),
  ],
)

/** The offers on sale of each product, with the figures that follow from them: one row a product. */
export const listings = pgTable(
  'listings',
  {
    productKey: whole('product_key')
      .primaryKey()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** How many of its offers are on sale. */
    offersCount: integer('offers_count').notNull().default(0),
    /** The lowest price among those in stock. */
    lowestPrice: whole('lowest_price'),
    /** The all-time extremes of `lowestPrice`, and when each was reached; null if it never had a price. */
    lowPrice: whole('low_price'),
    lowAt: whole('low_at'),
    highPrice: whole('high_price'),
    highAt: whole('high_at'),
    /** The time of the last change that they include; see `db/encoding/extremes.ts`. */
    extremesUntil: whole('extremes_until'),
    /** As the API shows them, in its order, as JSON: to answer with them is to send this. */
    offers: text().notNull().default('[]'),
    /** The rest, in the same order: of each its number, its `changed_at` in ms and its past prices. */
    internals: text().notNull().default('[]'),
  },
  (table) => [index('listings_lowest_price').on(table.lowestPrice, table.productKey)],
)

/** The changes that polls found, in chunks; see `db/encoding/chunk.ts`. */
export const history = pgTable(
  'history',
  {
    productKey: whole('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** The time of its first poll and of its last one. */
    since: whole().notNull(),
    until: whole().notNull(),
    polls: bytes().notNull(),
  },
  (table) => [primaryKey({ columns: [table.productKey, table.since] })],
)

/** The part of the history that is kept for ever: the hours of a day in each row; see `db/encoding/hours.ts`. */
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
    /** The stock in these hours; null where an earlier version made them. */
    stocks: bytes(),
  },
  (table) => [primaryKey({ columns: [table.productKey, table.series, table.day] })],
)

/** Runs of polls that all went well, or all failed, from the first to the last one; closed ones. */
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

/** The last time in which nothing was polled, because the Offers service was not to be called: one row at most. */
export const pauses = pgTable('pauses', {
  key: smallint().primaryKey(),
  since: whole().notNull(),
  until: whole().notNull(),
})

/** The change feed: a row for each change of a product, and one for all that a poll found changed. */
export const changes = pgTable(
  'changes',
  {
    /** That of its last change; the changes of a poll have numbers in a row. */
    seq: whole().primaryKey(),
    at: whole().notNull(),
    /** 0 for a poll, else the type; see `db/encoding/changes.ts`. */
    kind: smallint().notNull(),
    /** No reference: it outlives the product. */
    productKey: whole('product_key').notNull(),
    /** What a poll found changed. */
    offers: bytes(),
    /** The firing of an alert, as JSON; see `db/encoding/feed-rows.ts`. */
    alert: text(),
    /** If it is a change of the product's tags, or its deletion, those before it, as JSON. */
    tags: text(),
  },
  (table) => [index('changes_tags').on(table.productKey, table.seq).where(sql`tags IS NOT NULL`)],
)

/** Deleted products, as long as the change feed speaks of them. */
export const deletedProducts = pgTable(
  'deleted_products',
  {
    key: whole().primaryKey(),
    id: text().notNull().unique(),
    /** The ids of its offers by their number, as JSON. */
    offers: text().notNull(),
    /** The place of its deletion in the feed. */
    seq: whole().notNull(),
  },
  (table) => [index('deleted_products_seq').on(table.seq)],
)

/**
 * The counter of the feed, and figures that nobody should have to look for: one row, which each transaction
 * changes last, so that changes are committed in the order of their places.
 */
export const feed = pgTable('feed', {
  key: smallint().primaryKey(),
  /** The place of the last change. */
  seq: whole().notNull(),
  /** The changes up to this one are in the feed no more. */
  compactedSeq: whole('compacted_seq').notNull(),
  /** No product was created later than this. */
  createdAt: whole('created_at').notNull(),
  products: whole().notNull(),
  pending: whole().notNull(),
  registered: whole().notNull(),
  /** Offers on sale. */
  offers: whole().notNull(),
})

/** The access to the Offers service: one row, or none before the first token. */
export const credentials = pgTable('credentials', {
  key: smallint().primaryKey(),
  /** Which service and account the token is for. */
  account: text().notNull(),
  accessToken: text('access_token').notNull(),
  /** When the token expires; null if it does not. */
  expiresAt: whole('expires_at'),
  /** While the registrations tied to an earlier token are being reopened: when they become due. */
  reregisterAt: whole('reregister_at'),
  /** The last product that has been reopened. */
  reregisteredKey: whole('reregistered_key'),
})

/** Random keys made once in the life of the database. */
export const secrets = pgTable('secrets', {
  name: text().primaryKey(),
  value: bytes().notNull(),
})
