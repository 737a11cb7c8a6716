import type { Static } from '@sinclair/typebox'
import { Type } from '../typebox.ts'
import { readEnvironment } from './environment.ts'

/** Tokens travel in headers, so they are visible ASCII. */
const secret = (description: string) =>
  Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]+$',
      description,
      allowed: 'visible ASCII characters without blanks',
      secret: true,
    }),
  )

/** A list of such tokens. What its entries must not be is told by `faultsOfTokens`. */
const secrets = (description: string) =>
  Type.Optional(
    Type.String({
      pattern: '^ *[\\x21-\\x2b\\x2d-\\x7e]*( *, *[\\x21-\\x2b\\x2d-\\x7e]*)* *$',
      description,
      allowed:
        'visible ASCII characters without blanks, or several such tokens with commas between them',
      secret: true,
    }),
  )

/** The tokens that a variable lists; none where it is not set. */
export const tokensIn = (list: unknown) =>
  typeof list === 'string' ? list.split(',').map((token) => token.trim()) : []

const proxy = (description: string) =>
  Type.Optional(
    Type.String({
      pattern: '^https?://([^\\s/?#@]+@)?[^\\s/?#@]+/?$',
      description,
      allowed:
        'an http or https URL without a path, such as http://proxy.example.com:3128; special characters of ' +
        'its user and password are percent-encoded',
      url: true,
      anyCase: true,
    }),
  )

const integer = (minimum: number, maximum: number, fallback: number, description: string) =>
  Type.Integer({
    minimum,
    maximum,
    default: fallback,
    description,
    allowed: `an integer from ${minimum} to ${maximum}`,
  })

/** The environment variables of the service; `readEnvironment` says how they are read. */
export type Config = Static<typeof Config>
export const Config = Type.Object({
  NODE_ENV: Type.Optional(
    Type.String({ description: '`production` refuses to start on the built-in simulator' }),
  ),
  HOST: Type.String({
    default: '127.0.0.1',
    description: 'The address to listen on; `0.0.0.0` for all',
    pattern: '^\\S+$',
    allowed: 'a host name or an IP address',
  }),
  PORT: integer(0, 65_535, 3000, 'The port to listen on; 0 takes any free one'),
  LOG_LEVEL: Type.Unsafe<'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'>(
    Type.String({
      pattern: '^(fatal|error|warn|info|debug|trace|silent)$',
      default: 'info',
      description:
        'The least severe level that is logged: `fatal`, `error`, `warn`, `info`, `debug` (a line for ' +
        'each request), `trace` or `silent`',
      allowed: 'fatal, error, warn, info, debug, trace or silent',
    }),
  ),
  DATABASE_URL: Type.String({
    default: 'file:./data/aggregator.db',
    description:
      'The SQLite file, for one process at a time; it and its folder are created if missing',
    pattern: '^file:[^\\0]+$',
    allowed: '`file:` and a path',
  }),
  OFFERS_BASE_URL: Type.Optional(
    Type.String({
      description:
        'The URL of the Offers service, such as `https://offers.example.com/api/v1`; unset: the ' +
        'built-in simulator',
      pattern: '^https?://[^\\s/?#@]+(/[^\\s?#]*)?$',
      allowed: 'an http or https URL without credentials, query and fragment',
      url: true,
    }),
  ),
  OFFERS_REFRESH_TOKEN: secret(
    'The refresh token for the second generation of the Offers service; unset: the first generation',
  ),
  HTTP_PROXY: proxy(
    'The proxy for an Offers service with an `http:` URL, such as ' +
      '`http://user:password@proxy.example.com:3128`; the name is also read in lower case',
  ),
  HTTPS_PROXY: proxy(
    'The proxy for an Offers service with an `https:` URL, used as a tunnel; also in lower case',
  ),
  NO_PROXY: Type.Optional(
    Type.String({
      description:
        'Hosts that are called without a proxy, separated by commas: `example.com` (and all names ' +
        'below it), `127.0.0.1`, `10.0.0.0/8`, `[::1]:8080`, `*`; also in lower case',
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
    'The number of calls to the Offers service that may be in flight at once',
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
  API_TOKEN: secrets(
    'Tokens, separated by commas. If set, everything under `/api/v1` needs one of them as ' +
      '`Authorization: Bearer <token>`',
  ),
  API_READ_TOKEN: secrets('Tokens for GET and HEAD only, separated by commas; needs `API_TOKEN`'),
})

/** The faults of a list of tokens: entries are named by their places, since no message shows a secret. */
function faultsOfTokens(name: string, list: unknown): string[] {
  const tokens = tokensIn(list)
  return tokens.flatMap((token, index) => {
    const first = tokens.indexOf(token)
    if (token === '')
      return [`${name}: entry ${index + 1} of its list is empty; remove the comma too many`]
    if (first === index) return []
    return [`${name}: entries ${first + 1} and ${index + 1} of its list are the same; remove one`]
  })
}

function faultsBetween(values: Record<string, unknown>): string[] {
  const { NODE_ENV, OFFERS_BASE_URL, OFFERS_REFRESH_TOKEN, API_TOKEN, API_READ_TOKEN } = values
  const faults: string[] = []
  if (NODE_ENV === 'production' && OFFERS_BASE_URL === undefined) {
    faults.push(
      'OFFERS_BASE_URL: it is not set; with NODE_ENV=production the URL of the Offers service is ' +
        'needed, because the built-in simulator only makes prices up',
    )
  }
  if (OFFERS_REFRESH_TOKEN !== undefined && OFFERS_BASE_URL === undefined) {
    faults.push(
      'OFFERS_REFRESH_TOKEN: it is set without OFFERS_BASE_URL, and the simulator has its own',
    )
  }
  if (API_READ_TOKEN !== undefined && API_TOKEN === undefined) {
    faults.push('API_READ_TOKEN: it is set without API_TOKEN, so that nothing could be written')
  }
  faults.push(
    ...faultsOfTokens('API_TOKEN', API_TOKEN),
    ...faultsOfTokens('API_READ_TOKEN', API_READ_TOKEN),
  )
  const full = new Set(tokensIn(API_TOKEN))
  const both = tokensIn(API_READ_TOKEN).findIndex((token) => token !== '' && full.has(token))
  if (both >= 0) {
    faults.push(
      `API_READ_TOKEN: entry ${both + 1} of its list is in API_TOKEN as well, and would give the right to write`,
    )
  }
  return faults
}

/** Reads the configuration from environment variables. Throws `EnvironmentError`. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  return readEnvironment(Config, env, faultsBetween)
}
