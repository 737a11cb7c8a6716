import pg, { type ClientConfig } from 'pg'
import type { ServerOptions } from '../store.ts'

// Keys, times and prices are bigints in the database, but small enough for a number to hold exactly.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** The defaults for how this instance uses the server. */
export const DEFAULTS: ServerOptions = { connections: 4, timeoutMs: 5_000, listen: true }

/**
 * How long the server keeps the locks of a transaction whose client does nothing, because its process was suspended or
 * its machine is gone. It is short enough that transactions waiting for the locks can still succeed.
 */
const MAX_IDLE_MS = 3_000

/** Lets the server notice within about the same time that a client is gone or no longer receives. */
const TCP_OPTIONS = Object.entries({
  tcp_user_timeout: MAX_IDLE_MS,
  tcp_keepalives_idle: 1,
  tcp_keepalives_interval: 1,
  tcp_keepalives_count: 2,
})
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ')

/** How much longer a client waits than the server lets a statement run. Only a server that is down takes that long. */
const NO_ANSWER_MS = 1_000

/** Set explicitly, whatever the default of the database: writes must see what was committed while they waited. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED'

/** How connections to a server are made. */
export interface ConnectionConfig {
  client: ClientConfig
  /** The same without TLS, if that may be tried when the server does not support TLS. */
  plain: ClientConfig | undefined
  /** Whether the connection goes through a pooler, which gives each transaction another session. */
  pooled: boolean
  /** Begins a transaction. */
  begin: string
}

/** The URL with an `sslmode` that means what it means to PostgreSQL's own programs; the driver's default differs. */
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

/** The configuration of connections to the database at a URL. */
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

/** The configuration of a connection without time limits for its statements, also through a pooler. */
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
