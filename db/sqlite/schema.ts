/**
 * The tables of the SQLite engine. Internal keys are integers, external ids are text; times are integers,
 * milliseconds since 1970 in UTC.
 *
 * What drizzle cannot express is only in the migrations: `STRICT`, `WITHOUT ROWID`, the full-text index
 * `products_fts`, and the triggers that keep it and `totals` up to date. There are no triggers for new or changed texts
 * and for the offers of a poll: the code that writes these also updates the index and the totals.
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

/** The products as clients edit them. The rows are long and change rarely. */
export const products = sqliteTable(
  'products',
  {
    /** Never reused, so that a late answer for a deleted product cannot reach another one. */
    key: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    name: text().notNull(),
    /** `sortKey(name)`, by which names sort. */
    nameKey: text('name_key').notNull(),
    description: text().notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    /** Incremented when a client changes a field; `If-Match` compares it. */
    version: integer().notNull().default(1),
    registration: text({ enum: ['pending', 'registered', 'rejected'] })
      .notNull()
      .default('pending'),
    /** Why it was rejected; null otherwise. */
    registrationReason: text('registration_reason'),
    /** The number of consecutive failed registrations. */
    registrationFailures: integer('registration_failures').notNull().default(0),
    /** When the registration of a pending product is due; null if it is not pending. */
    registerAt: integer('register_at'),
    /** When it was last registered. */
    registeredAt: integer('registered_at'),
    /** How and when registration last failed; null after a success. */
    registrationFault: text('registration_fault').$type<OffersFault>(),
    registrationMessage: text('registration_message'),
    registrationFailedAt: integer('registration_failed_at'),
    /** The client's own key of the product. */
    externalId: text('external_id'),
    /** An array and an object of texts, as JSON. */
    tags: text().notNull().default('[]'),
    metadata: text().notNull().default('{}'),
  },
  (table) => [
    uniqueIndex('products_external_id').on(table.externalId).where(sql`external_id IS NOT NULL`),
    index('products_name').on(table.nameKey),
    index('products_register_at').on(table.registerAt).where(sql`register_at IS NOT NULL`),
    index('products_rejected').on(table.key).where(sql`registration = 'rejected'`),
    index('products_updated_at').on(table.updatedAt),
  ],
)

/** What each poll changes: a short row per product, separate from its long texts. */
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
    /** The number of consecutive failed polls. */
    failures: integer().notNull().default(0),
    /** The number of offers on sale. */
    offersCount: integer('offers_count').notNull().default(0),
    /** The lowest price of an offer in stock. */
    lowestPrice: integer('lowest_price'),
    /** The start of the run of good polls that ended at `checkedAt`, or still goes on. */
    coveredSince: integer('covered_since'),
    /** The times of the first and last failed polls since then; null if there were none. */
    failingSince: integer('failing_since'),
    failedAt: integer('failed_at'),
    /** The end of the history in `rollups`, a full hour; null if it has none yet. */
    rolledUntil: integer('rolled_until'),
    /** The fingerprint of the answer that its offers come from; null if it had none. */
    answer: text(),
    /** How the last poll failed; null if it succeeded. */
    fault: text().$type<OffersFault>(),
    message: text(),
    /** The all-time extremes of `lowestPrice`, and when each was reached; null if it never had a price. */
    lowPrice: integer('low_price'),
    lowAt: integer('low_at'),
    highPrice: integer('high_price'),
    highAt: integer('high_at'),
    /** The time of the last change that they include; see `db/encoding/extremes.ts`. */
    extremesUntil: integer('extremes_until'),
  },
  (table) => [
    index('refreshes_due_at').on(table.dueAt).where(sql`due_at IS NOT NULL`),
    index('refreshes_checked_at').on(table.checkedAt).where(sql`due_at IS NOT NULL`),
    // Products that were polled before, and must be registered again before they are polled.
    index('refreshes_stopped_checked_at')
      .on(table.checkedAt)
      .where(sql`due_at IS NULL AND checked_at IS NOT NULL`),
    index('refreshes_failing').on(table.productKey).where(sql`failures > 0`),
    index('refreshes_lowest_price').on(table.lowestPrice),
    index('refreshes_rolled_until').on(table.rolledUntil).where(sql`rolled_until IS NOT NULL`),
  ],
)

/** Every offer ever seen. `listings` has the state of those on sale. */
export const offers = sqliteTable(
  'offers',
  {
    productKey: integer('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** Its number among the offers of its product, from 1, in the order in which they were first seen. */
    number: integer().notNull(),
    id: text().notNull(),
    firstSeenAt: integer('first_seen_at').notNull(),
    /** When it was delisted; null while it is on sale, like the columns below. */
    delistedAt: integer('delisted_at'),
    /** Its last state. */
    price: integer(),
    /** The API's `lowest_prior_30d`; also null if there was none. */
    lowestPrior: integer('lowest_prior'),
    /** The input of the next `lowestPrior`, in hexadecimal; see `db/encoding/past-prices.ts`. */
    pastPrices: text('past_prices'),
  },
  (table) => [
    primaryKey({ columns: [table.productKey, table.number] }),
    uniqueIndex('offers_product_id').on(table.productKey, table.id),
  ],
)

/**
 * The offers on sale of each product that ever had any, all in one row. A poll reads all of them, and rewrites most of
 * them if it finds a change: that takes a fifth of the time of one row per offer.
 */
export const listings = sqliteTable('listings', {
  productKey: integer('product_key')
    .primaryKey()
    .references(() => products.key, { onDelete: 'cascade' }),
  /** As the API shows them, in its order, as JSON that is sent as it is. */
  offers: text().notNull(),
  /** What the API does not show, in the same order: the number of each, its `changed_at` in ms and its past prices. */
  internals: text().notNull(),
})

/** The changes found by polls, in chunks; see `db/encoding/chunk.ts`. */
export const history = sqliteTable(
  'history',
  {
    productKey: integer('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** The times of the first and the last poll in it. */
    since: integer().notNull(),
    until: integer().notNull(),
    polls: blob({ mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.productKey, table.since] })],
)

/** The hourly summaries, which are kept for ever: each row has the hours of a day; see `db/encoding/hours.ts`. */
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
    /** The stock in these hours; null if an earlier version made the summaries. */
    stocks: blob({ mode: 'buffer' }),
  },
  (table) => [primaryKey({ columns: [table.productKey, table.series, table.day] })],
)

/** Closed runs of polls that all succeeded or all failed, from the first poll to the last. */
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

/** The last time in which all polling paused because the Offers service could not be called: at most one row. */
export const pauses = sqliteTable('pauses', {
  key: integer().primaryKey(),
  since: integer().notNull(),
  until: integer().notNull(),
})

/** The change feed: a row for each change of a product, and one for all changes that a poll found. */
export const changes = sqliteTable(
  'changes',
  {
    /** The `seq` of the last change in the row; the changes of a poll have consecutive numbers. */
    seq: integer().primaryKey(),
    at: integer().notNull(),
    /** 0 for a poll, else the type of the change; see `db/encoding/changes.ts`. */
    kind: integer().notNull(),
    /** Not a foreign key: the change outlives the product. */
    productKey: integer('product_key').notNull(),
    /** The changes that a poll found. */
    offers: blob({ mode: 'buffer' }),
    /** The firing of an alert, as JSON; see `db/encoding/feed-rows.ts`. */
    alert: text(),
    /** The tags before the change, as JSON, if it changes the product's tags or deletes the product. */
    tags: text(),
  },
  (table) => [index('changes_tags').on(table.productKey, table.seq).where(sql`tags IS NOT NULL`)],
)

/** Deleted products that the change feed still mentions. */
export const deletedProducts = sqliteTable('deleted_products', {
  key: integer().primaryKey(),
  id: text().notNull().unique(),
  /** The ids of its offers by number, as JSON. */
  offers: text().notNull(),
  /** The `seq` of its deletion in the feed. */
  seq: integer().notNull(),
})

/** The credentials of the Offers service: one row, or none before the first token. */
export const credentials = sqliteTable('credentials', {
  key: integer().primaryKey(),
  /** The service and account that the token is for. */
  account: text().notNull(),
  accessToken: text('access_token').notNull(),
  /** When the token expires; null if it does not. */
  expiresAt: integer('expires_at'),
})

/** Denormalised counters, updated by triggers and by the code that writes: one row. */
export const totals = sqliteTable('totals', {
  key: integer().primaryKey(),
  products: integer().notNull(),
  pending: integer().notNull(),
  registered: integer().notNull(),
  /** Offers on sale. */
  offers: integer().notNull(),
  /** The `seq` of the last change that was deleted from the feed. */
  compactedSeq: integer('compacted_seq').notNull(),
  /** Grows when an alert is created, changed or deleted. */
  alertsRevision: integer('alerts_revision').notNull().default(0),
})

/** The idempotency keys of the last day. */
export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    /** A digest of the client's key and its token. */
    key: text().primaryKey(),
    /** A digest of the request. */
    request: text().notNull(),
    /** When the request was carried out. */
    at: integer().notNull(),
    /** The result of the request, as JSON; see `Creation` in `db/refusals.ts`. */
    result: text().notNull(),
  },
  (table) => [index('idempotency_keys_at').on(table.at)],
)

/** The state of the full-text index and of the sort keys of names: one row. */
export const searchState = sqliteTable('search_state', {
  key: integer().primaryKey(),
  /** The version of the folding that made them; see `search/version.ts`. */
  folding: integer().notNull(),
  /** The last product indexed so far while they are being rebuilt; null when all are indexed. */
  doneKey: integer('done_key'),
})

/** Random keys, created once per database. */
export const secrets = sqliteTable('secrets', {
  name: text().primaryKey(),
  value: blob({ mode: 'buffer' }).notNull(),
})
