import { toCreated, tokenOf, toWebhook } from '../../encoding/webhook.ts'
import { ChangesCompacted, TooManyWebhooks, WebhookNotFound } from '../../errors.ts'
import { carriedOut } from '../../idempotency.ts'
import type { WebhookStore } from '../../store.ts'
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
      const created = carriedOut(result)
      if (created === 'too-many') throw new TooManyWebhooks(limit)
      return toCreated(created)
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

    async changeWebhook(id, change) {
      const row = await writer.call('changeWebhook', { id, change }, touchesNothing)
      if (!row) throw new WebhookNotFound(id)
      if ('compacted' in row) throw new ChangesCompacted(row.cursor, row.compacted)
      return toWebhook(row)
    },

    async deleteWebhook(id) {
      if (!(await writer.call('deleteWebhook', id, touchesNothing))) throw new WebhookNotFound(id)
    },

    async takeWebhooks() {
      const rows = session.read(() => webhooks.enabled.all())
      return rows.map(toRow).map((row) => ({ ...toWebhook(row), token: tokenOf(row) }))
    },

    saveDeliveries: (deliveries) => writer.call('saveDeliveries', deliveries, touchesNothing),
  }
}
