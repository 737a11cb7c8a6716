import { verifyWebhook } from 'product-aggregator-client'
import { fails, same } from './expect.ts'
import type { Use } from './service.ts'

const base64 = (bytes: Uint8Array<ArrayBuffer>) => btoa(String.fromCharCode(...bytes))

const SECRET = new TextEncoder().encode('a secret of some length')

/** Headers of a message as the service signs it. */
async function signed(body: string, at = Date.now()): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000))
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', SECRET, algorithm, false, ['sign'])
  const text = new TextEncoder().encode(`msg_1.${timestamp}.${body}`)
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, text))
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1a,none v1,AAAA v1,${base64(signature)}`,
  }
}

export const webhooks = {
  async 'verifies webhooks'() {
    const secret = `whsec_${base64(SECRET)}`
    const message = { type: 'product.created', timestamp: '2026-01-01T00:00:00.000Z', data: {} }
    const body = JSON.stringify(message)
    const headers = await signed(body)
    same(await verifyWebhook(secret, headers, body), message)
    same(await verifyWebhook(['whsec_b2xk', secret], new Headers(headers), body), message)
    const [minute, { 'webhook-id': _, ...withoutId }] = [60_000, headers]
    const refused: [string, Record<string, string>, string][] = [
      [secret, headers, `${body} `],
      ['whsec_b3RoZXI=', headers, body],
      [secret, withoutId, body],
      [secret, await signed(body, Date.now() - 6 * minute), body],
      [secret, await signed(body, Date.now() + 6 * minute), body],
      [secret, { ...headers, 'webhook-timestamp': 'now' }, body],
      [secret, { ...headers, 'webhook-signature': 'v1,?' }, body],
    ]
    for (const each of refused) await fails(verifyWebhook(...each), { name: 'WebhookError' })
    await fails(verifyWebhook('whsec_?', headers, body), { name: 'TypeError' })
  },

  async 'takes the headers of another library'() {
    const headers = await signed('{}')
    const others = { get: (name: string) => headers[name] ?? null }
    same(await verifyWebhook(base64(SECRET), others, '{}'), {})
  },
} satisfies Record<string, Use>
