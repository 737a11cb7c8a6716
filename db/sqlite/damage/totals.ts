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

/** A condition that holds if a row of `totals` has the right counts. */
export const COUNTED = list(' AND ')

/** Corrects the counts in a row of `totals`. */
export const COUNT = `UPDATE totals SET ${list(', ')}`
