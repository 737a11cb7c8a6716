import { randomUUIDv7 } from 'node:crypto'
import type { Store } from '../../db/store.ts'
import { newSecret } from '../../feed/webhooks/signature.ts'

/** Where the demonstration receives its own messages. */
export const RECEIVER_PORT = 39_001

/** Creates a webhook that gets the prices that change from now on, and the firings of alerts. */
export async function createDemoWebhook(store: Store): Promise<void> {
  await store.createWebhook(
    {
      id: randomUUIDv7(),
      secret: newSecret(),
      url: `http://127.0.0.1:${RECEIVER_PORT}/prices`,
      types: ['offer.price_changed', 'alert.fired'],
      productId: null,
      tag: null,
      batchSize: 100,
      enabled: true,
    },
    1,
  )
}
