/** What users lose if a table, or the index of names, cannot be read: completes "This cannot be read: …". */
const TABLES: Record<string, string> = {
  __drizzle_migrations: 'which version of the service made the database',
  alert_firings: 'when some alerts fired',
  alert_states: 'which alerts have fired for which products',
  alerts: 'some alerts',
  changes: 'the change feed',
  coverage: 'when some products were polled',
  credentials: 'the access token of the Offers service',
  deleted_products: 'the names of deleted products in the change feed',
  idempotency_keys: 'which requests of the last day were carried out',
  history: 'the recent price history of some products',
  listings: 'the offers on sale of some products',
  offers: 'which offers some products had',
  pauses: 'when polling was paused',
  product_tags: 'which products have which tags',
  products: 'some products',
  products_fts: 'the search',
  products_name: 'the order of names',
  refreshes: 'when some products are polled, and their lowest prices',
  rollups: 'the older price history of some products',
  search_state: 'whether search and order of names are up to date',
  secrets: 'the key that signs cursors',
  sqlite_schema: 'all of it',
  sqlite_sequence: 'the number that the next product gets',
  webhooks: 'the webhooks',
  totals: 'how many products and offers there are',
}

/** The table that a name stands for: SQLite stores the full-text index in five tables. */
const tableOf = (name: string) => name.replace(/^products_fts_.*/, 'products_fts')

export const isTable = (name: string) => tableOf(name) in TABLES

/** What users lose if this table, or an index of it, cannot be read. */
export function meaningOf(table: string): string {
  return TABLES[tableOf(table)] ?? 'some of its data'
}

/** Whether this part can be rebuilt from the others. */
export const isDerived = (table: string) =>
  [
    ...['__drizzle_migrations', 'idempotency_keys', 'product_tags', 'products_fts'],
    ...['products_name', 'search_state', 'secrets', 'sqlite_sequence', 'totals'],
  ].includes(tableOf(table))
