/** The table of webhooks of the SQLite engine, apart from the others for their length. */
import { integer, sqliteTable, text } from '../../trimmed/drizzle.ts'

/** The endpoints of webhooks, each of which is a position in the change feed. */
export const webhooks = sqliteTable('webhooks', {
  key: integer().primaryKey(),
  id: text().notNull().unique(),
  url: text().notNull(),
  /** The types of changes that it gets, as JSON; an empty list for all types. */
  types: text().notNull(),
  /** The product whose changes it gets; null for all products. */
  productId: text('product_id'),
  /** The tag whose products' changes it gets; null for any product. */
  tag: text(),
  batchSize: integer('batch_size').notNull(),
  enabled: integer({ mode: 'boolean' }).notNull(),
  createdAt: integer('created_at').notNull(),
  /** Incremented when a client changes it, so that what was delivered before does not count for it. */
  version: integer().notNull(),
  secret: text().notNull(),
  /** The secret before the last rotation, and until when messages are signed with it too. */
  previousSecret: text('previous_secret'),
  previousUntil: integer('previous_until'),
  /** The `seq` of the last change that was delivered, or did not have to be. */
  cursor: integer().notNull(),
  /** The `seq` of the last change in the message that is being delivered, if it has several. */
  pending: integer(),
  /** The number of consecutive failed attempts, and when the first of them was. */
  failures: integer().notNull(),
  failingSince: integer('failing_since'),
  /** The result of the last attempt. */
  lastStatus: integer('last_status'),
  lastError: text('last_error'),
  /** When a message that failed is tried again. */
  nextAttemptAt: integer('next_attempt_at'),
})
