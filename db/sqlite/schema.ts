/**
 * The tables of the SQLite engine. Keys are integers inside and text ids outside; times are
 * integers, milliseconds since 1970 in UTC.
 *
 * What drizzle has no words for stands in the migrations alone: `STRICT`, `WITHOUT ROWID`, the
 * full-text index `products_fts`, and the triggers that keep it and `totals` in step. Text that is new or
 * changed and the offers of a poll have none: who writes those does that as well.
 */
import type { OffersFault } from '../../schemas/refresh-state.ts'
import {
  blob,
  index,
  integer,
  primaryKey,
  sql,
  sqliteTable,
  text,
  uniqueIndex,
} from '../../trimmed/drizzle.ts'

/** What people edit. Its rows are long and change seldom. */
export const products = sqliteTable(
  'products',
  {
    /** Never used twice, so that a late answer for a deleted product can't reach another one. */
    key: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    name: text().notNull(),
    /** `sortKey(name)`, by which names sort. */
    nameKey: text('name_key').notNull(),
    description: text().notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    /** Grows each time a client changes a field; what `If-Match` compares. */
    version: integer().notNull().default(1),
    registration: text({ enum: ['pending', 'registered', 'rejected'] })
      .notNull()
      .default('pending'),
    /** Why it was rejected; null otherwise. */
    registrationReason: text('registration_reason'),
    /** How often registering failed in a row. */
    registrationFailures: integer('registration_failures').notNull().default(0),
    /** When the registration of a pending product is due; null if it is not pending. */
    registerAt: integer('register_at'),
    /** When it was last registered. */
    registeredAt: integer('registered_at'),
    /** How and when registering failed last; null while it has not failed since it last went well. */
    registrationFault: text('registration_fault').$type<OffersFault>(),
    registrationMessage: text('registration_message'),
    registrationFailedAt: integer('registration_failed_at'),
    /** The client's own key of the product. */
    externalId: text('external_id'),
  },
  (table) => [
    uniqueIndex('products_external_id').on(table.externalId).where(sql`external_id IS NOT NULL`),
    index('products_name').on(table.nameKey),
    index('products_register_at').on(table.registerAt).where(sql`register_at IS NOT NULL`),
    index('products_rejected').on(table.key).where(sql`registration = 'rejected'`),
  ],
)

/** What each poll changes: one short row a product, apart from its long texts. */
export const refreshes = sqliteTable(
  'refreshes',
  {
    productKey: integer('product_key')
      .primaryKey()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** When its next poll is due; null while the product is not registered. */
    dueAt: integer('due_at'),
    /** When the Offers service last answered for it. */
    checkedAt: integer('checked_at'),
    /** How many polls failed in a row. */
    failures: integer().notNull().default(0),
    /** How many of its offers are on sale. */
    offersCount: integer('offers_count').notNull().default(0),
    /** The lowest price among those in stock. */
    lowestPrice: integer('lowest_price'),
    /** The start of the run of good polls whose last one is `checkedAt`. */
    coveredSince: integer('covered_since'),
    /** The first and the last of the failed polls since then; null where there was none. */
    failingSince: integer('failing_since'),
    failedAt: integer('failed_at'),
    /** Up to when `rollups` tells its history, a full hour; null where it has none yet. */
    rolledUntil: integer('rolled_until'),
    /** The name of the answer that its offers are from; null where it had none. */
    answer: text(),
    /** How the last poll failed; null where it did not. */
    fault: text().$type<OffersFault>(),
    message: text(),
  },
  (table) => [
    index('refreshes_due_at').on(table.dueAt).where(sql`due_at IS NOT NULL`),
    index('refreshes_checked_at').on(table.checkedAt).where(sql`due_at IS NOT NULL`),
    // Of products that were polled once, and have to be registered again before they are polled on.
    index('refreshes_stopped_checked_at')
      .on(table.checkedAt)
      .where(sql`due_at IS NULL AND checked_at IS NOT NULL`),
    index('refreshes_failing').on(table.productKey).where(sql`failures > 0`),
    index('refreshes_lowest_price').on(table.lowestPrice),
    index('refreshes_rolled_until').on(table.rolledUntil).where(sql`rolled_until IS NOT NULL`),
  ],
)

/** Every offer ever seen. How those on sale stand is in `listings`. */
export const offers = sqliteTable(
  'offers',
  {
    productKey: integer('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** Its place among the offers of its product, in the order in which they were first seen, from 1. */
    number: integer().notNull(),
    id: text().notNull(),
    firstSeenAt: integer('first_seen_at').notNull(),
    /** When it was delisted; null, as all that follows, while it is on sale. */
    delistedAt: integer('delisted_at'),
    /** How it was last. */
    price: integer(),
    /** The API's `lowest_prior_30d`; null also where it was none. */
    lowestPrior: integer('lowest_prior'),
    /** What the next `lowestPrior` is found from, in hexadecimal; see `db/encoding/past-prices.ts`. */
    pastPrices: text('past_prices'),
  },
  (table) => [
    primaryKey({ columns: [table.productKey, table.number] }),
    uniqueIndex('offers_product_id').on(table.productKey, table.id),
  ],
)

/**
 * The offers on sale of each product that ever had some. A poll reads all of them, and rewrites most where
 * it finds something changed: as one row they take a fifth of the time that a row each took.
 */
export const listings = sqliteTable('listings', {
  productKey: integer('product_key')
    .primaryKey()
    .references(() => products.key, { onDelete: 'cascade' }),
  /** As the API shows them, in its order, as JSON: to answer with them is to send this. */
  offers: text().notNull(),
  /** The rest, in the same order: of each its number, its `changed_at` in ms and its past prices. */
  internals: text().notNull(),
})

/** The changes that polls found, in chunks; see `db/encoding/chunk.ts`. */
export const history = sqliteTable(
  'history',
  {
    productKey: integer('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** The time of its first poll and of its last one. */
    since: integer().notNull(),
    until: integer().notNull(),
    polls: blob({ mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.productKey, table.since] })],
)

/** The part of the history that is kept for ever: the hours of a day in each row; see `db/encoding/hours.ts`. */
export const rollups = sqliteTable(
  'rollups',
  {
    productKey: integer('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** The number of an offer, or 0 for the lowest price of the product. */
    series: integer().notNull(),
    /** Days since 1970. */
    day: integer().notNull(),
    hours: blob({ mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.productKey, table.series, table.day] })],
)

/** Runs of polls that all went well, or all failed, from the first to the last one; closed ones. */
export const coverage = sqliteTable(
  'coverage',
  {
    productKey: integer('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    since: integer().notNull(),
    until: integer().notNull(),
    good: integer({ mode: 'boolean' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.productKey, table.since] })],
)

/** The last time in which nothing was polled, because the Offers service was not to be called: one row at most. */
export const pauses = sqliteTable('pauses', {
  key: integer().primaryKey(),
  since: integer().notNull(),
  until: integer().notNull(),
})

/** The change feed: a row for each change of a product, and one for all that a poll found changed. */
export const changes = sqliteTable('changes', {
  /** That of its last change; the changes of a poll have numbers in a row. */
  seq: integer().primaryKey(),
  at: integer().notNull(),
  /** 0 for a poll, else the type; see `db/encoding/changes.ts`. */
  kind: integer().notNull(),
  /** No reference: it outlives the product. */
  productKey: integer('product_key').notNull(),
  /** What a poll found changed. */
  offers: blob({ mode: 'buffer' }),
})

/** Deleted products, as long as the change feed speaks of them. */
export const deletedProducts = sqliteTable('deleted_products', {
  key: integer().primaryKey(),
  id: text().notNull().unique(),
  /** The ids of its offers by their number, as JSON. */
  offers: text().notNull(),
  /** The place of its deletion in the feed. */
  seq: integer().notNull(),
})

/** The access to the Offers service: one row, or none before the first token. */
export const credentials = sqliteTable('credentials', {
  key: integer().primaryKey(),
  /** Which service and account the token is for. */
  account: text().notNull(),
  accessToken: text('access_token').notNull(),
  /** When the token expires; null if it does not. */
  expiresAt: integer('expires_at'),
})

/** Figures that nobody should have to look for, kept by triggers and by what writes: one row. */
export const totals = sqliteTable('totals', {
  key: integer().primaryKey(),
  products: integer().notNull(),
  pending: integer().notNull(),
  registered: integer().notNull(),
  /** Offers on sale. */
  offers: integer().notNull(),
  /** The changes up to this one are in the feed no more. */
  compactedSeq: integer('compacted_seq').notNull(),
})

/** How far the full-text index and the sort keys of names follow `search/`: one row. */
export const searchState = sqliteTable('search_state', {
  key: integer().primaryKey(),
  /** The `FOLDING` that they were made by. */
  folding: integer().notNull(),
  /** The last product that is done while they are rebuilt; null when all are. */
  doneKey: integer('done_key'),
})

/** Random keys made once in the life of the database. */
export const secrets = sqliteTable('secrets', {
  name: text().primaryKey(),
  value: blob({ mode: 'buffer' }).notNull(),
})
