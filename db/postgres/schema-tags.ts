import { index, pgTable, primaryKey } from 'drizzle-orm/pg-core'
import { products } from './schema.ts'
import { text, whole } from './schema-types.ts'

/** A copy of the tags of all products, for finding products by tag. `products.tags` also has their order. */
export const productTags = pgTable(
  'product_tags',
  {
    tag: text().notNull(),
    productKey: whole('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** When the product got it. */
    since: whole().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tag, table.productKey] }),
    index('product_tags_product').on(table.productKey),
  ],
)
