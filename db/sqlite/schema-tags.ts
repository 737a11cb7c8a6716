import { index, integer, primaryKey, sqliteTable, text } from '../../trimmed/drizzle.ts'
import { products } from './schema.ts'

/** A copy of the tags of all products, for finding products by tag. `products.tags` also has their order. */
export const productTags = sqliteTable(
  'product_tags',
  {
    tag: text().notNull(),
    productKey: integer('product_key')
      .notNull()
      .references(() => products.key, { onDelete: 'cascade' }),
    /** When the product got it. */
    since: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tag, table.productKey] }),
    index('product_tags_product').on(table.productKey),
  ],
)
