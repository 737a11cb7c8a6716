import Database from 'better-sqlite3'

/** The ids of all products in a database, in order of creation. */
export function idsIn(database: string): string[] {
  const db = new Database(database, { readonly: true })
  try {
    return db.prepare<[], string>('SELECT id FROM products ORDER BY key').pluck().all()
  } finally {
    db.close()
  }
}

/** When the last product of a database was last polled, epoch ms. */
export function lastPollIn(database: string): number {
  const db = new Database(database, { readonly: true })
  try {
    const select = db.prepare<[], number>(
      'SELECT checked_at FROM refreshes ORDER BY product_key DESC LIMIT 1',
    )
    return select.pluck().get() ?? Number.NaN
  } finally {
    db.close()
  }
}

/** Picks this many of the items, evenly spread. */
export function evenSample<T>(items: T[], count: number): T[] {
  const step = Math.max(1, items.length / count)
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
}
