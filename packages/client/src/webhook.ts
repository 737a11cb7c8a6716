import { WebhookError } from './errors.ts'
import type { components } from './schema.ts'

type Change = components['schemas']['Change']

/** What a webhook delivers: one change, or with a `batch_size` above 1 several. */
export type WebhookMessage =
  | { type: Change['type']; timestamp: string; data: Change }
  | { type: 'changes'; timestamp: string; data: { items: Change[] } }

/** The headers of a request, as `Request.headers` or as an object with names in lower case. */
export type WebhookHeaders = Pick<Headers, 'get'> | Record<string, string | string[] | undefined>

const PREFIX = 'whsec_'

/** A message that is older, or from further ahead, may have been recorded and sent again. */
const TOLERANCE_S = 300

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))

/** Not by its class: the `Headers` of a library, or of another window, are of another one. */
const isHeaders = (headers: WebhookHeaders): headers is Pick<Headers, 'get'> =>
  typeof headers.get === 'function'

function header(headers: WebhookHeaders, name: string): string {
  const value = isHeaders(headers) ? headers.get(name) : headers[name]
  if (typeof value !== 'string') throw new WebhookError(`The header ${name} is missing`)
  return value
}

function secretBytes(secret: string) {
  try {
    return bytesOf(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret)
  } catch (cause) {
    throw new TypeError('The secret is not that of a webhook: whsec_ and base64', { cause })
  }
}

async function isSigned(secret: string, text: string, signatures: string[]): Promise<boolean> {
  const bytes = secretBytes(secret)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify'])
  const signed = new TextEncoder().encode(text)
  for (const signature of signatures) {
    const [version, base64 = ''] = signature.split(',')
    if (version !== 'v1') continue
    try {
      if (await crypto.subtle.verify('HMAC', key, bytesOf(base64), signed)) return true
    } catch {} // Not base64.
  }
  return false
}

/**
 * Checks that the service sent a message lately, by the Standard Webhooks specification, and gives the message. Throws
 * a `WebhookError` otherwise; answer that with 401. A message can arrive again: its header `webhook-id` stays the same.
 *
 * @param secret the secret of the webhook, `whsec_…`, or several while it is being changed
 * @param body the body exactly as it arrived
 */
export async function verifyWebhook(
  secret: string | string[],
  headers: WebhookHeaders,
  body: string,
): Promise<WebhookMessage> {
  const id = header(headers, 'webhook-id')
  const timestamp = header(headers, 'webhook-timestamp')
  const age = Math.abs(Date.now() / 1000 - Number(timestamp))
  if (!(age <= TOLERANCE_S)) throw new WebhookError('The message was not sent within five minutes')
  const signatures = header(headers, 'webhook-signature').split(' ')
  for (const one of [secret].flat()) {
    if (await isSigned(one, `${id}.${timestamp}.${body}`, signatures)) return JSON.parse(body)
  }
  throw new WebhookError('No signature of the message is right')
}
