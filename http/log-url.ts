/**
 * The query parameters whose values are logged: those of the API. Clients sometimes put tokens into others,
 * such as `token`, `access_token` or `api_key`.
 */
export const LOGGED_PARAMETERS: ReadonlySet<string> = new Set([
  'after',
  'at',
  'at_low',
  'count',
  'cursor',
  'direction',
  'format',
  'from',
  'ids',
  'in_stock',
  'interval',
  'limit',
  'min_absolute',
  'min_percent',
  'price_max',
  'price_min',
  'product_id',
  'q',
  'registration',
  'sort',
  'stale',
  'tag',
  'to',
  'type',
  'updated_since',
  'window',
])

const REDACTED = '[redacted]'

/** The delimiters of a URL, also if a client encoded them by mistake. */
const DELIMITER = /([?&;#]|%3f|%26|%3b|%23)/i

/** A parameter, redacted for the log. A value without a name is redacted entirely. */
function loggedParameter(text: string): string {
  const [, name = ''] = /^([\w.-]{1,40})=/.exec(text) ?? []
  if (text === '' || LOGGED_PARAMETERS.has(name)) return text
  return name ? `${name}=${REDACTED}` : REDACTED
}

/** A URL for the log, without the values of unlisted parameters and without credentials. */
export function loggedUrl(url: string): string {
  const [path = '', ...rest] = url.split(DELIMITER)
  const parts = rest.map((part, index) => (index % 2 === 0 ? part : loggedParameter(part)))
  return path.replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/]*@/i, `$1//${REDACTED}@`) + parts.join('')
}
