/** The table of webhooks; see `schema.ts`. */
import { boolean, index, integer, pgTable } from 'drizzle-orm/pg-core'
import { instances } from './schema-instances.ts'
import { text, whole } from './schema-types.ts'

/** The webhooks, each with its position in the change feed. */
export const webhooks = pgTable(
  'webhooks',
  {
    /** Its position in lists, which are in order of creation. */
    key: whole().primaryKey(),
    id: text().notNull().unique(),
    url: text().notNull(),
    /** The types of changes that it receives, as JSON; an empty list for all types. */
    types: text().notNull(),
    /** The product whose changes it receives; null for all products. */
    productId: text('product_id'),
    /** If not null, it receives only the changes of products with this tag. */
    tag: text(),
    batchSize: integer('batch_size').notNull(),
    enabled: boolean().notNull(),
    createdAt: whole('created_at').notNull(),
    /** Incremented when a client changes it, so that deliveries begun before that are not saved. */
    version: integer().notNull(),
    secret: text().notNull(),
    /** The secret before the last rotation, and until when messages are signed with it too. */
    previousSecret: text('previous_secret'),
    previousUntil: whole('previous_until'),
    /** The `seq` of the last change that was delivered, or did not have to be. */
    cursor: whole().notNull(),
    /** The `seq` of the last change in the message that is being delivered, if it has several. */
    pending: whole(),
    /** The number of consecutive failed attempts, and when the first of them was. */
    failures: integer().notNull(),
    failingSince: whole('failing_since'),
    /** The result of the last attempt. */
    lastStatus: integer('last_status'),
    lastError: text('last_error'),
    /** When a failed message is sent again. */
    nextAttemptAt: whole('next_attempt_at'),
    /** The instance that makes its deliveries. */
    owner: text().references(() => instances.id, { onDelete: 'set null' }),
  },
  (table) => [index('webhooks_owner').on(table.owner)],
)
