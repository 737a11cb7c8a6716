/**
 * The parameters whose values the log has: those of the API. Clients put tokens into others, such as
 * `token`, `access_token` or `api_key`, by mistake or by habit.
 */
export const LOGGED_PARAMETERS: ReadonlySet<string> = new Set([
  'after',
  'at',
  'cursor',
  'direction',
  'format',
  'from',
  'in_stock',
  'interval',
  'limit',
  'product_id',
  'q',
  'registration',
  'sort',
  'stale',
  'to',
  'type',
  'window',
])

const REDACTED = '[redacted]'

/** What parts a URL, also where a client encoded it by mistake. */
const DELIMITER = /([?&;#]|%3f|%26|%3b|%23)/i

/** A parameter as it is logged; one that is a value without a name is hidden whole. */
function loggedParameter(text: string): string {
  const [, name = ''] = /^([\w.-]{1,40})=/.exec(text) ?? []
  if (text === '' || LOGGED_PARAMETERS.has(name)) return text
  return name ? `${name}=${REDACTED}` : REDACTED
}

/** A URL as it is logged: without the values of parameters that are not in the list, and without a password. */
export function loggedUrl(url: string): string {
  const [path = '', ...rest] = url.split(DELIMITER)
  const parts = rest.map((part, index) => (index % 2 === 0 ? part : loggedParameter(part)))
  return path.replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/]*@/i, `$1//${REDACTED}@`) + parts.join('')
}
