import pg, { type ClientConfig } from 'pg'
import type { ServerOptions } from '../store.ts'

// Keys, times and prices are bigints in the database, and never more than a number holds exactly.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** How this instance uses the server, unless it is told otherwise. */
export const DEFAULTS: ServerOptions = { connections: 4, timeoutMs: 5_000, listen: true }

/**
 * How long the server keeps the locks of a transaction whose client does nothing: a process that was stopped, or a machine
 * that is gone. Others then still have some time left of what they may wait.
 */
const MAX_IDLE_MS = 3_000

/** Has the server notice a client that does not receive, or is gone, within about as long. */
const TCP_OPTIONS = Object.entries({
  tcp_user_timeout: MAX_IDLE_MS,
  tcp_keepalives_idle: 1,
  tcp_keepalives_interval: 1,
  tcp_keepalives_count: 2,
})
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ')

/** How much longer than the server a client waits. Only a server that is not running takes that long. */
const NO_ANSWER_MS = 1_000

/** What writes relies on reading what was committed while it waited, whatever the default of the database is. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED'

/** How connections to a server are made. */
export interface ConnectionConfig {
  client: ClientConfig
  /** The same without TLS, if that is to be tried where the server has none. */
  plain: ClientConfig | undefined
  /** Whether the connection goes through a pooler, which gives each transaction another session. */
  pooled: boolean
  /** Begins a transaction. */
  begin: string
}

/** The URL with `sslmode` as PostgreSQL's own programs read it; the driver's default is another. */
function withTls(
  url: string,
  fallback: 'prefer' | 'disable',
): { url: string; isOptional: boolean } {
  const parsed = new URL(url)
  const { searchParams } = parsed
  const mode = searchParams.get('sslmode')
  const isOptional = mode === 'prefer' || (mode === null && !searchParams.has('sslrootcert'))
  if (isOptional) searchParams.set('sslmode', fallback)
  searchParams.set('uselibpqcompat', 'true')
  return { url: parsed.href, isOptional }
}

/** How connections to the database of a URL are made. */
export function connectionConfig(
  url: string,
  { timeoutMs, listen }: Omit<ServerOptions, 'connections'> = DEFAULTS,
): ConnectionConfig {
  const pooled = !listen
  const limits = {
    statement_timeout: timeoutMs,
    lock_timeout: timeoutMs,
    idle_in_transaction_session_timeout: Math.min(timeoutMs, MAX_IDLE_MS),
  }
  const preferred = withTls(url, 'prefer')
  const client: ClientConfig = {
    connectionString: preferred.url,
    application_name: 'product-aggregator',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs + NO_ANSWER_MS,
    keepAlive: true,
    pipeline: true,
    ...(pooled ? {} : { ...limits, options: TCP_OPTIONS }),
  }
  const local = Object.entries(limits).map(([name, value]) => `; SET LOCAL ${name} = ${value}`)
  return {
    client,
    plain: preferred.isOptional
      ? { ...client, connectionString: withTls(url, 'disable').url }
      : undefined,
    pooled,
    begin: pooled ? `${BEGIN}${local.join('')}` : BEGIN,
  }
}

/** How a connection is made whose statements may take as long as they need, also through a pooler. */
export function patientConfig(url: string): ConnectionConfig {
  const { client, plain } = connectionConfig(url, { ...DEFAULTS, listen: false })
  const patient = { query_timeout: 0 }
  return {
    client: { ...client, ...patient },
    plain: plain && { ...plain, ...patient },
    pooled: true,
    begin:
      `${BEGIN}; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; ` +
      'SET LOCAL idle_in_transaction_session_timeout = 0',
  }
}
