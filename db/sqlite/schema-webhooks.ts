/** The table of the SQLite engine for webhooks, in a file of its own because of its length. */
import { integer, sqliteTable, text } from '../../trimmed/drizzle.ts'

/** The webhooks, each with its position in the change feed. */
export const webhooks = sqliteTable('webhooks', {
  key: integer().primaryKey(),
  id: text().notNull().unique(),
  url: text().notNull(),
  /** The types of changes that it receives, as JSON; an empty list for all types. */
  types: text().notNull(),
  /** The product whose changes it receives; null for all products. */
  productId: text('product_id'),
  /** If not null, it receives only the changes of products with this tag. */
  tag: text(),
  batchSize: integer('batch_size').notNull(),
  enabled: integer({ mode: 'boolean' }).notNull(),
  createdAt: integer('created_at').notNull(),
  /** Incremented when a client changes it, so that deliveries begun before that are not saved. */
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
  /** When a failed message is sent again. */
  nextAttemptAt: integer('next_attempt_at'),
})
