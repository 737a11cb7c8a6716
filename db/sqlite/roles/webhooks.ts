import { toCreated, tokenOf, toWebhook } from '../../encoding/webhook.ts'
import { WebhookNotFound } from '../../errors.ts'
import { carriedOut } from '../../idempotency.ts'
import type { WebhookStore } from '../../store.ts'
import { acceptedWebhook, newWebhook } from '../../webhook-refusals.ts'
import type { Session } from '../session.ts'
import { touchesNothing } from '../touched.ts'
import { toRow } from '../webhook-rows.ts'

/** The webhooks. This process makes the deliveries of all of them. */
export function webhookStore(session: Session): WebhookStore {
  const { webhooks, writer } = session
  return {
    async createWebhook(webhook, limit, once) {
      const at = session.now()
      const result = await writer.call(
        'createWebhook',
        { webhook, limit, at, once },
        touchesNothing,
      )
      return toCreated(newWebhook({ productId: webhook.productId, limit }, carriedOut(result)))
    },

    async createdWebhook(once) {
      const input = { once, at: session.now() }
      const created = carriedOut(await writer.call('createdWebhook', input, touchesNothing))
      return created === 'not-found' ? undefined : toCreated(created)
    },

    async webhooks(after, limit) {
      const rows = session.read(() => webhooks.page.all(after, limit))
      return rows.map((row) => toWebhook(toRow(row)))
    },

    async webhook(id) {
      const row = session.read(() => webhooks.one.get(id))
      if (!row) throw new WebhookNotFound(id)
      return toWebhook(toRow(row))
    },

    async changeWebhook(id, change, versions) {
      const input = { id, change, versions }
      return toWebhook(
        acceptedWebhook(id, await writer.call('changeWebhook', input, touchesNothing)),
      )
    },

    async deleteWebhook(id, versions) {
      acceptedWebhook(id, await writer.call('deleteWebhook', { id, versions }, touchesNothing))
    },

    async takeWebhooks() {
      const rows = session.read(() => webhooks.enabled.all())
      return rows.map(toRow).map((row) => ({ ...toWebhook(row), token: tokenOf(row) }))
    },

    saveDeliveries: (deliveries) => writer.call('saveDeliveries', deliveries, touchesNothing),
  }
}
