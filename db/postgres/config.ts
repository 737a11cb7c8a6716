import pg, { type ClientConfig } from 'pg'

// Keys, times and prices are bigints in the database, and never more than a number holds exactly.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** The longest that the server works on a statement, waits for a lock, or keeps an idle transaction open. */
const TIMEOUT_MS = 5_000

/** The server has ended the statement by then, unless it cannot be reached or does not run. */
const NO_ANSWER_MS = TIMEOUT_MS + 1_000

/** The URL with `sslmode` as PostgreSQL's own programs take it; the driver has another reading of its own. */
function withStandardTls(url: string): string {
  const parsed = new URL(url)
  if (!parsed.searchParams.has('uselibpqcompat')) parsed.searchParams.set('uselibpqcompat', 'true')
  return parsed.href
}

/** How a connection is made to the database that a URL names. */
export function clientConfig(url: string): ClientConfig {
  return {
    connectionString: withStandardTls(url),
    application_name: 'product-aggregator',
    connectionTimeoutMillis: TIMEOUT_MS,
    statement_timeout: TIMEOUT_MS,
    lock_timeout: TIMEOUT_MS,
    idle_in_transaction_session_timeout: TIMEOUT_MS,
    query_timeout: NO_ANSWER_MS,
    keepAlive: true,
    pipeline: true,
  }
}
