import { createHmac, randomBytes } from 'node:crypto'

/** What secrets begin with, and signatures made with one: the version of the Standard Webhooks specification. */
const SECRET_PREFIX = 'whsec_'
const SIGNATURE_PREFIX = 'v1,'

const SECRET_BYTES = 32

/** Makes a secret. It is random in earnest, also where a test injects randomness. */
export const newSecret = () => SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64')

/**
 * The headers of an attempt, as https://www.standardwebhooks.com specifies them: one signature for each secret, so
 * that receivers can change to a new one at any time while both are in use.
 */
export function signedHeaders(
  message: { id: string; body: string },
  secrets: readonly string[],
  now: number,
): Record<string, string> {
  const timestamp = Math.floor(now / 1000)
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64')
    const hmac = createHmac('sha256', key).update(`${message.id}.${timestamp}.${message.body}`)
    return SIGNATURE_PREFIX + hmac.digest('base64')
  })
  return {
    'content-type': 'application/json',
    'user-agent': 'product-aggregator',
    'webhook-id': message.id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}
