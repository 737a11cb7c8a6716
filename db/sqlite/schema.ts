/**
 * The tables of the SQLite engine. Keys are integers inside and text ids outside; times are
 * integers, milliseconds since 1970 in UTC.
 *
 * What drizzle has no words for stands in the migrations alone: `STRICT`, the full-text index
 * `products_fts`, and the triggers that keep it and `totals` in step.
 */
import { blob, index, integer, sql, sqliteTable, text, uniqueIndex } from './drizzle.ts'

/** What people edit. Its rows are long and change seldom. */
export const products = sqliteTable(
  'products',
  {
    /** Never used twice, so that a late answer for a deleted product can't reach another one. */
    key: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    name: text().notNull(),
    /** `fold(name)`, the form by which names sort. */
    nameKey: text('name_key').notNull(),
    description: text().notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    /** Grows with each change of name or description; what `If-Match` compares. */
    version: integer().notNull().default(1),
    registration: text({ enum: ['pending', 'registered', 'rejected'] })
      .notNull()
      .default('pending'),
    /** Why it was rejected; null otherwise. */
    registrationReason: text('registration_reason'),
    /** How often registering failed in a row. */
    registrationFailures: integer('registration_failures').notNull().default(0),
    /** When a pending product is to be registered; null when it is not pending. */
    registerAt: integer('register_at'),
    /** When it was last registered. */
    registeredAt: integer('registered_at'),
  },
  (table) => [
    index('products_name').on(table.nameKey),
    index('products_register_at').on(table.registerAt).where(sql`register_at IS NOT NULL`),
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
  },
  (table) => [
    index('refreshes_due_at').on(table.dueAt).where(sql`due_at IS NOT NULL`),
    index('refreshes_checked_at').on(table.checkedAt).where(sql`due_at IS NOT NULL`),
    index('refreshes_lowest_price').on(table.lowestPrice),
  ],
)

/** Every offer ever seen; those on sale have no `delistedAt`. */
export const offers = sqliteTable(
  'offers',
  {
    key: integer().primaryKey({ autoIncrement: true }),
    productKey: integer('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    id: text().notNull(),
    price: integer().notNull(),
    itemsInStock: integer('items_in_stock').notNull(),
    firstSeenAt: integer('first_seen_at').notNull(),
    changedAt: integer('changed_at').notNull(),
    delistedAt: integer('delisted_at'),
  },
  (table) => [
    uniqueIndex('offers_product_id').on(table.productKey, table.id),
    index('offers_on_sale').on(table.productKey).where(sql`delisted_at IS NULL`),
  ],
)

/** The access to the Offers service: one row, or none before the first token. */
export const credentials = sqliteTable('credentials', {
  key: integer().primaryKey(),
  /** Which service and account the token is for. */
  account: text().notNull(),
  accessToken: text('access_token').notNull(),
  /** When the token expires; null if it does not. */
  expiresAt: integer('expires_at'),
})

/** Counts kept by triggers, so that nobody has to count rows: one row. */
export const totals = sqliteTable('totals', {
  key: integer().primaryKey(),
  products: integer().notNull(),
  pending: integer().notNull(),
  registered: integer().notNull(),
  /** Offers on sale. */
  offers: integer().notNull(),
})

/** Random keys made once in the life of the database. */
export const secrets = sqliteTable('secrets', {
  name: text().primaryKey(),
  value: blob({ mode: 'buffer' }).notNull(),
})
