const TAGS = `SELECT json_each.value AS tag, products.key AS product_key, updated_at AS since
  FROM products, json_each(products.tags)`

/** Yields a row if `product_tags` differs from the tags of the products. */
export const MISTAGGED = `SELECT 'its tags differ from those of the products'
  WHERE EXISTS (SELECT tag, product_key FROM (${TAGS}) EXCEPT SELECT tag, product_key FROM product_tags)
  OR EXISTS (SELECT tag, product_key FROM product_tags EXCEPT SELECT tag, product_key FROM (${TAGS}))`

/** Fills `product_tags`. When each tag was added is lost, so the last change of the product stands in for it. */
export const TAG = `INSERT INTO product_tags (tag, product_key, since) ${TAGS}`
