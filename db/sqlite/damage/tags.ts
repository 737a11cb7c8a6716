const TAGS = `SELECT json_each.value AS tag, products.key AS product_key, updated_at AS since
  FROM products, json_each(products.tags)`

/** Yields a row if a product has another tag than `product_tags` says. */
export const MISTAGGED = `SELECT 'not the tags of the products'
  WHERE EXISTS (SELECT tag, product_key FROM (${TAGS}) EXCEPT SELECT tag, product_key FROM product_tags)
  OR EXISTS (SELECT tag, product_key FROM product_tags EXCEPT SELECT tag, product_key FROM (${TAGS}))`

/** Fills `product_tags`. When a product got a tag is lost: not later than its last change. */
export const TAG = `INSERT INTO product_tags (tag, product_key, since) ${TAGS}`
