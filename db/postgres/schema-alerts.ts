/** The tables of the PostgreSQL engine for alerts, in a file of their own because of their length. */
import { sql } from 'drizzle-orm'
import { boolean, index, pgTable, primaryKey, smallint } from 'drizzle-orm/pg-core'
import { products } from './schema.ts'
import { text, whole } from './schema-types.ts'

/** The alerts: what they watch, and when they fire. */
export const alerts = pgTable(
  'alerts',
  {
    /** A UUIDv7, so they sort by creation. */
    id: text().primaryKey(),
    name: text().notNull(),
    /** The only product that it watches; null for all. */
    productKey: whole('product_key').references(() => products.key, { onDelete: 'cascade' }),
    /** The tag whose products it watches; null for any. */
    tag: text(),
    /** When it fires: a `Rule` as JSON. */
    rule: text().notNull(),
    enabled: boolean().notNull(),
    /** Since when it watches: its creation, or the last change that restarted it. */
    since: whole().notNull(),
    createdAt: whole('created_at').notNull(),
    /** When a client last changed it. It is its version, too, so each change increases it, whatever the clock does. */
    updatedAt: whole('updated_at').notNull(),
  },
  (table) => [index('alerts_product').on(table.productKey).where(sql`product_key IS NOT NULL`)],
)

/** The state of an alert for a product, from the first price that it saw. */
export const alertStates = pgTable(
  'alert_states',
  {
    alertId: text('alert_id')
      .notNull()
      .references(() => alerts.id, { onDelete: 'cascade' }),
    productKey: whole('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** Whether it fires the next time its condition is true. */
    armed: boolean().notNull(),
    /** When it last fired for the product. */
    firedAt: whole('fired_at'),
  },
  (table) => [
    primaryKey({ columns: [table.alertId, table.productKey] }),
    index('alert_states_product').on(table.productKey),
  ],
)

/** The firings of alerts. */
export const alertFirings = pgTable(
  'alert_firings',
  {
    alertId: text('alert_id')
      .notNull()
      .references(() => alerts.id, { onDelete: 'cascade' }),
    at: whole().notNull(),
    productKey: whole('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    price: whole(),
    previousPrice: whole('previous_price'),
    /** The price that the condition compared with. */
    reference: whole(),
  },
  (table) => [
    primaryKey({ columns: [table.alertId, table.at, table.productKey] }),
    index('alert_firings_product').on(table.productKey),
  ],
)

/** Grows when an alert is created, changed or deleted: one row. */
export const alertRevision = pgTable('alert_revision', {
  key: smallint().primaryKey(),
  revision: whole().notNull(),
})
