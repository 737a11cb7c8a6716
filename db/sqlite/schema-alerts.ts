/** The tables of the SQLite engine for alerts, in a file of their own because of their length. */
import { index, integer, primaryKey, sql, sqliteTable, text } from '../../trimmed/drizzle.ts'
import { products } from './schema.ts'

/** The alerts: what they watch, and when they fire. */
export const alerts = sqliteTable(
  'alerts',
  {
    /** A UUIDv7, so they sort by creation. */
    id: text().primaryKey(),
    name: text().notNull(),
    /** The only product that it watches; null for all. */
    productKey: integer('product_key').references(() => products.key, { onDelete: 'cascade' }),
    /** The tag whose products it watches; null for any. */
    tag: text(),
    /** When it fires: a `Rule` as JSON. */
    rule: text().notNull(),
    enabled: integer({ mode: 'boolean' }).notNull(),
    /** Since when it watches: its creation, or the last change that restarted it. */
    since: integer().notNull(),
    createdAt: integer('created_at').notNull(),
    /** When a client last changed it. It is its version, too, so each change increases it, whatever the clock does. */
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [index('alerts_product').on(table.productKey).where(sql`product_key IS NOT NULL`)],
)

/** The state of an alert for a product, from the first price that it saw. */
export const alertStates = sqliteTable(
  'alert_states',
  {
    alertId: text('alert_id')
      .notNull()
      .references(() => alerts.id, { onDelete: 'cascade' }),
    productKey: integer('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** Whether it fires the next time its condition is true. */
    armed: integer({ mode: 'boolean' }).notNull(),
    /** When it last fired for the product. */
    firedAt: integer('fired_at'),
  },
  (table) => [
    primaryKey({ columns: [table.alertId, table.productKey] }),
    index('alert_states_product').on(table.productKey),
  ],
)

/** The firings of alerts. */
export const alertFirings = sqliteTable(
  'alert_firings',
  {
    alertId: text('alert_id')
      .notNull()
      .references(() => alerts.id, { onDelete: 'cascade' }),
    at: integer().notNull(),
    productKey: integer('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    price: integer(),
    previousPrice: integer('previous_price'),
    /** The price that the condition compared with. */
    reference: integer(),
  },
  (table) => [
    primaryKey({ columns: [table.alertId, table.at, table.productKey] }),
    index('alert_firings_product').on(table.productKey),
  ],
)
