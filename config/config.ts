import { type Static, Type } from '@sinclair/typebox'
import { readEnvironment } from './environment.ts'
import { adaptedToHeroku, faultsOnHeroku } from './heroku.ts'
import { TickSeconds } from './tick-seconds.ts'

/** A token. Headers carry tokens, so they are visible ASCII. */
const secret = (description: string) =>
  Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]+$',
      description,
      allowed: 'visible ASCII characters without spaces',
      secret: true,
    }),
  )

/** A list of such tokens. `faultsOfTokens` checks its entries. */
const secrets = (description: string) =>
  Type.Optional(
    Type.String({
      pattern: '^ *[\\x21-\\x2b\\x2d-\\x7e]*( *, *[\\x21-\\x2b\\x2d-\\x7e]*)* *$',
      description,
      allowed:
        'visible ASCII characters without spaces, or several such tokens separated by commas',
      secret: true,
    }),
  )

/** The tokens in a list; none if the variable is not set. */
export const tokensIn = (list: unknown) =>
  typeof list === 'string' ? list.split(',').map((token) => token.trim()) : []

const proxy = (description: string) =>
  Type.Optional(
    Type.String({
      pattern: '^https?://([^\\s/?#@]+@)?[^\\s/?#@]+/?$',
      description,
      allowed:
        'an http or https URL without a path, such as http://proxy.example.com:3128; percent-encode special ' +
        'characters in its user name and password',
      url: true,
      anyCase: true,
    }),
  )

const integer = (
  minimum: number,
  maximum: number,
  fallback: number | undefined,
  description: string,
) =>
  Type.Integer({
    minimum,
    maximum,
    ...(fallback === undefined ? {} : { default: fallback }),
    description,
    allowed: `an integer from ${minimum} to ${maximum}`,
  })

/** The environment variables of the service; see `readEnvironment` for how they are read. */
export type Config = Static<typeof Config>
export const Config = Type.Object({
  NODE_ENV: Type.Optional(
    Type.String({
      description: 'With `production`, the service refuses to start with the built-in simulator',
    }),
  ),
  HOST: Type.String({
    default: '127.0.0.1',
    description: 'The address to listen on; `0.0.0.0` for all addresses',
    pattern: '^\\S+$',
    allowed: 'a host name or an IP address',
  }),
  PORT: integer(0, 65_535, 3000, 'The port to listen on; 0 picks a free one'),
  LOG_LEVEL: Type.Unsafe<'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'>(
    Type.String({
      pattern: '^(fatal|error|warn|info|debug|trace|silent)$',
      default: 'info',
      description:
        'The least severe level to log: `fatal`, `error`, `warn`, `info`, `debug` (one line per ' +
        'request), `trace` or `silent`',
      allowed: 'fatal, error, warn, info, debug, trace or silent',
    }),
  ),
  DATABASE_URL: Type.String({
    default: 'file:./data/aggregator.db',
    description:
      'The SQLite file, for one process at a time; the file and its folder are created if missing. Or a ' +
      'PostgreSQL database, such as `postgres://user:password@host/database?sslmode=require`, which many ' +
      'instances can share',
    pattern: '^[A-Za-z][A-Za-z0-9+.-]*:[^\\0]+$', // db/location.ts knows which are supported.
    allowed: 'a URL such as `file:./data/aggregator.db`',
  }),
  DATABASE_CONNECTIONS: integer(
    2,
    64,
    4,
    'The number of connections to PostgreSQL: one writes, the others read',
  ),
  DATABASE_TIMEOUT_MS: integer(
    100,
    600_000,
    5_000,
    'How long PostgreSQL may take for a statement, or for a lock, in milliseconds',
  ),
  DATABASE_LISTEN: Type.String({
    pattern: '^(on|off)$',
    default: 'on',
    description:
      'Whether to listen for changes by other instances, on one more connection to PostgreSQL. `off` is for a ' +
      'pooler in transaction mode, such as pgbouncer: the instance then looks for them, and prepares no statements',
    allowed: 'on or off',
  }),
  ANSWER_CACHE_MB: integer(
    0,
    65_536,
    64,
    'How much memory answers about products may take that are kept to be sent again, in MB; 0 keeps none. They are ' +
      'only kept with SQLite',
  ),
  OFFERS_BASE_URL: Type.Optional(
    Type.String({
      description:
        'The URL of the Offers service, such as `https://offers.example.com/api/v1`; if unset, the ' +
        'built-in simulator runs',
      pattern: '^https?://[^\\s/?#@]+(/[^\\s?#]*)?$',
      allowed: 'an http or https URL without credentials, query or fragment',
      url: true,
    }),
  ),
  SIMULATOR_TICK_SECONDS: TickSeconds,
  SIMULATOR_STATE: Type.Optional(
    Type.String({
      description:
        'The path of the file in which the built-in simulator keeps its tokens and registrations over a restart; if ' +
        'unset, that of the SQLite database with `.simulator` after it, or `./data/aggregator.simulator` on PostgreSQL',
      allowed: 'a path',
    }),
  ),
  OFFERS_REFRESH_TOKEN: secret(
    'The refresh token for the second generation of the Offers service; if unset, the first generation is used',
  ),
  HTTP_PROXY: proxy(
    'The proxy for an Offers service with an `http:` URL, such as ' +
      '`http://user:password@proxy.example.com:3128`; the lower-case name works too',
  ),
  HTTPS_PROXY: proxy(
    'The proxy for an Offers service with an `https:` URL, used as a tunnel; the lower-case name works too',
  ),
  NO_PROXY: Type.Optional(
    Type.String({
      description:
        'Hosts to call without a proxy, separated by commas: `example.com` (with its subdomains), ' +
        '`127.0.0.1`, `10.0.0.0/8`, `[::1]:8080`, `*`; the lower-case name works too',
      allowed: 'a list of hosts',
      anyCase: true,
    }),
  ),
  OFFERS_TIMEOUT_MS: integer(
    100,
    60_000,
    5000,
    'How long a call to the Offers service may take, in milliseconds',
  ),
  OFFERS_CONCURRENCY: integer(
    1,
    1024,
    32,
    'The maximum number of calls to the Offers service in flight, of each instance',
  ),
  OFFERS_CALLS_PER_SECOND: Type.Optional(
    integer(
      1,
      100_000,
      undefined,
      'The maximum number of calls per second to the Offers service, on average and of all instances together: each ' +
        'makes as many as its part of the products allows; if unset, there is no limit',
    ),
  ),
  REFRESH_INTERVAL_SECONDS: integer(
    1,
    86_400,
    60,
    'How often the offers of each product are polled, in seconds',
  ),
  HISTORY_RAW_DAYS: integer(
    1,
    3650,
    35,
    'The number of days for which every price change is kept; older history is kept by the hour',
  ),
  CHANGES_RETENTION_DAYS: integer(
    1,
    3650,
    7,
    'The number of days for which the change feed keeps its entries',
  ),
  PRICE_UNIT: Type.Optional(
    Type.String({
      pattern: '^\\S([^\\x00-\\x1f\\x7f]{0,18}\\S)?$',
      description:
        'The unit of the prices, which the page shows with them: a currency code such as `EUR`, or any other unit',
      allowed: 'a currency code such as EUR, or any other unit of at most 20 characters',
    }),
  ),
  PRICE_MINOR_DIGITS: integer(
    0,
    6,
    0,
    'How many of the last digits of a price come after the decimal point on the page: with 2, a price of 41900 is ' +
      'shown as 419.00',
  ),
  WEBHOOK_ALLOW_PRIVATE: Type.String({
    pattern: '^(true|false)$',
    default: 'false',
    description:
      'Whether webhooks may lead to private addresses, such as those of this machine and of its network',
    allowed: 'true or false',
  }),
  WEBHOOK_PROXY: proxy(
    'The proxy for webhooks, which resolves the names of their hosts, and so must itself refuse private ' +
      'addresses; webhooks do not use `HTTP_PROXY` and `HTTPS_PROXY`',
  ),
  WEBHOOK_TIMEOUT_MS: integer(
    100,
    60_000,
    10_000,
    'How long a receiver of webhooks may take to answer, in milliseconds',
  ),
  API_TOKEN: secrets(
    'API tokens, separated by commas. If set, every request under `/api/v1` must send one of them ' +
      'as `Authorization: Bearer <token>`',
  ),
  API_READ_TOKEN: secrets(
    'API tokens for GET and HEAD only, separated by commas; requires `API_TOKEN`',
  ),
})

/** The faults of a list of tokens. Messages name entries by position, because they must not show a secret. */
function faultsOfTokens(name: string, list: unknown): string[] {
  const tokens = tokensIn(list)
  return tokens.flatMap((token, index) => {
    const first = tokens.indexOf(token)
    if (token === '') return [`${name}: entry ${index + 1} is empty; remove the extra comma`]
    if (first === index) return []
    return [`${name}: entries ${first + 1} and ${index + 1} are the same; remove one`]
  })
}

function faultsBetween(values: Record<string, unknown>): string[] {
  const { NODE_ENV, OFFERS_BASE_URL, OFFERS_REFRESH_TOKEN, API_TOKEN, API_READ_TOKEN } = values
  const faults: string[] = []
  if (NODE_ENV === 'production' && OFFERS_BASE_URL === undefined) {
    faults.push(
      'OFFERS_BASE_URL: not set; set it to the URL of the Offers service, because ' +
        'NODE_ENV=production does not allow the built-in simulator, which makes up prices',
    )
  }
  if (OFFERS_REFRESH_TOKEN !== undefined && OFFERS_BASE_URL === undefined) {
    faults.push(
      'OFFERS_REFRESH_TOKEN: set without OFFERS_BASE_URL; set that too, or unset this one, because ' +
        'the built-in simulator has its own token',
    )
  }
  if (API_READ_TOKEN !== undefined && API_TOKEN === undefined) {
    faults.push(
      'API_READ_TOKEN: set without API_TOKEN; set that too, or nobody could write to the catalogue',
    )
  }
  faults.push(
    ...faultsOfTokens('API_TOKEN', API_TOKEN),
    ...faultsOfTokens('API_READ_TOKEN', API_READ_TOKEN),
  )
  const full = new Set(tokensIn(API_TOKEN))
  const both = tokensIn(API_READ_TOKEN).findIndex((token) => token !== '' && full.has(token))
  if (both >= 0) {
    faults.push(
      `API_READ_TOKEN: entry ${both + 1} is also in API_TOKEN, which would allow it to write; remove one`,
    )
  }
  return faults
}

/** Reads the configuration from environment variables. Throws `EnvironmentError`. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  return readEnvironment(Config, adaptedToHeroku(env), (values) => [
    ...faultsBetween(values),
    ...faultsOnHeroku(env, values.DATABASE_URL),
  ])
}

/** Reads DATABASE_URL alone, so that no other variable has to be valid. Throws `EnvironmentError`. */
export function readDatabaseUrl(env: Readonly<Record<string, string | undefined>>): string {
  return readEnvironment(Type.Pick(Config, ['DATABASE_URL']), adaptedToHeroku(env), (values) =>
    faultsOnHeroku(env, values.DATABASE_URL),
  ).DATABASE_URL
}
