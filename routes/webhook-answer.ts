import type { FastifyInstance, FastifyReply } from 'fastify'
import type { CreatedWebhook, StoredWebhook, WebhookChange } from '../db/store.ts'
import { toTime } from '../schemas/to-time.ts'
import type { Webhook } from '../schemas/webhook.ts'

/** A webhook as the API shows it: without its secrets. */
export function shownWebhook({ store }: FastifyInstance, webhook: CreatedWebhook): Webhook {
  const { id, url, types, productId, tag, batchSize, enabled, createdAt, cursor } = webhook
  const { failures, lastStatus, lastError, nextAttemptAt } = webhook
  return {
    ...{ id, url, types, product_id: productId, tag, batch_size: batchSize, enabled },
    ...{ created_at: toTime(createdAt), cursor, lag: Math.max(0, store.lastSeq - cursor) },
    ...{ failures, last_status: lastStatus, last_error: lastError },
    next_attempt_at: nextAttemptAt === null ? null : toTime(nextAttemptAt),
  }
}

/** The body of an answer with one webhook; the `ETag` begins with its version, which `If-Match` compares. */
export function answerWebhook(reply: FastifyReply, webhook: CreatedWebhook): Webhook {
  reply.version = webhook.version
  return shownWebhook(reply.server, webhook)
}

/** Changes a webhook once what was delivered is recorded, and has its deliveries follow. */
export async function changeWebhook(
  { store, webhooks }: FastifyInstance,
  id: string,
  change: WebhookChange,
  versions?: number[],
): Promise<StoredWebhook> {
  await webhooks.flush()
  const webhook = await store.changeWebhook(id, change, versions)
  await webhooks.refresh()
  return webhook
}
