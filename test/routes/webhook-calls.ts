/** Calls of the operations of webhooks, for `contract.test.ts`. */
import type { InjectOptions } from 'fastify'
import { type App, UNKNOWN_ID } from './helper.ts'
import { WEBHOOKS } from './webhooks-helper.ts'

export const WEBHOOK_ID = '019aa9f0-5c00-7000-8000-000000000101'
const OTHER_WEBHOOK_ID = '019aa9f0-5c00-7000-8000-000000000102'

/** Operations without `after` among their parameters that need changes which may have left the feed. */
export const CAN_BE_GONE = ['replayWebhook', 'updateWebhook']

/** Operations that need to be told nothing. */
export const WITHOUT_BODY = ['testWebhook', 'rotateWebhookSecret']

/** No host is looked up, and nothing is sent. */
export const NO_RECEIVER = { WEBHOOK_PROXY: 'http://127.0.0.1:1' }

/** Adds the webhooks that the calls are about. */
export async function addWebhooks({ store }: App): Promise<void> {
  const settings = { types: [], productId: null, tag: null, batchSize: 1, enabled: false }
  const webhook = { ...settings, url: 'https://receiver.example.com/', secret: 'whsec_AA==' }
  for (const id of [WEBHOOK_ID, OTHER_WEBHOOK_ID]) await store.createWebhook({ ...webhook, id }, 9)
}

/** A call of each operation that goes well. */
export const WEBHOOK_CALLS: Record<string, () => InjectOptions> = {
  createWebhook: () => ({
    method: 'POST',
    url: WEBHOOKS,
    payload: { url: 'https://receiver.example.com/' },
  }),
  listWebhooks: () => ({ url: `${WEBHOOKS}?limit=1` }),
  getWebhook: () => ({ url: `${WEBHOOKS}/${WEBHOOK_ID}` }),
  updateWebhook: () => ({
    method: 'PATCH',
    url: `${WEBHOOKS}/${WEBHOOK_ID}`,
    payload: { batch_size: 2 },
  }),
  deleteWebhook: () => ({ method: 'DELETE', url: `${WEBHOOKS}/${OTHER_WEBHOOK_ID}` }),
  testWebhook: () => ({ method: 'POST', url: `${WEBHOOKS}/${WEBHOOK_ID}/test` }),
  replayWebhook: () => ({
    method: 'POST',
    url: `${WEBHOOKS}/${WEBHOOK_ID}/replay`,
    payload: { after: 0 },
  }),
  rotateWebhookSecret: () => ({
    method: 'POST',
    url: `${WEBHOOKS}/${WEBHOOK_ID}/rotate-secret`,
  }),
}

/** Calls that are answered with an error that the operation documents. */
export const WEBHOOK_FAILURES: Record<string, () => InjectOptions> = {
  createWebhook: () => ({ method: 'POST', url: WEBHOOKS, payload: { url: 'http://127.0.0.1/' } }),
  getWebhook: () => ({ url: `${WEBHOOKS}/${UNKNOWN_ID}` }),
  replayWebhook: () => ({
    method: 'POST',
    url: `${WEBHOOKS}/${WEBHOOK_ID}/replay`,
    payload: { after: 1_000_000 },
  }),
}
