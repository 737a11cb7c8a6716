const COUNTS = {
  products: 'SELECT count(*) FROM products',
  pending: "SELECT count(*) FROM products WHERE registration = 'pending'",
  registered: "SELECT count(*) FROM products WHERE registration = 'registered'",
  offers: 'SELECT coalesce(sum(offers_count), 0) FROM refreshes',
}

const list = (separator: string) =>
  Object.entries(COUNTS)
    .map(([column, count]) => `${column} = (${count})`)
    .join(separator)

/** Whether a row of `totals` tells how much there is. */
export const COUNTED = list(' AND ')

/** Makes a row of `totals` tell how much there is. */
export const COUNT = `UPDATE totals SET ${list(', ')}`
