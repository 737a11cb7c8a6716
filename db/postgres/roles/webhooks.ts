import {
  type NewRow,
  toCreated,
  tokenOf,
  toWebhook,
  type WebhookRow,
} from '../../encoding/webhook.ts'
import { WebhookNotFound } from '../../errors.ts'
import { carriedOut } from '../../idempotency.ts'
import type { WebhookStore } from '../../store.ts'
import { acceptedWebhook, newWebhook } from '../../webhook-refusals.ts'
import { statement } from '../connection.ts'
import { applyOnce } from '../operations/idempotency.ts'
import * as operations from '../operations/webhooks.ts'
import type { Session } from '../session.ts'
import { WEBHOOK } from '../webhook-columns.ts'

const selectOne = statement<WebhookRow>('webhook', `SELECT ${WEBHOOK} FROM webhooks WHERE id = $1`)

const selectPage = statement<WebhookRow>(
  'webhooks',
  `SELECT ${WEBHOOK} FROM webhooks WHERE key > $1 ORDER BY key LIMIT $2`,
)

const selectEnabled = statement<WebhookRow & { owner: string | null }>(
  'webhooks-enabled',
  `SELECT ${WEBHOOK}, owner FROM webhooks WHERE enabled ORDER BY key`,
)

/** The webhooks. Each instance makes the deliveries of some of them. */
export function webhookStore(session: Session): WebhookStore {
  const { reader, writer, leases } = session

  return {
    async createWebhook(webhook, limit, once) {
      const at = session.now()
      const operation = operations.createWebhook(webhook, limit, at)
      const result = await writer.call(applyOnce(once, at, operation))
      return toCreated(newWebhook({ productId: webhook.productId, limit }, carriedOut(result)))
    },

    async createdWebhook(once) {
      const operation = applyOnce<NewRow | 'not-found'>(
        once,
        session.now(),
        async () => 'not-found',
      )
      const created = carriedOut(await writer.call(operation))
      return created === 'not-found' ? undefined : toCreated(created)
    },

    async webhooks(after, limit) {
      return (await reader.query(selectPage, [after, limit])).map(toWebhook)
    },

    async webhook(id) {
      const [row] = await reader.query(selectOne, [id])
      if (!row) throw new WebhookNotFound(id)
      return toWebhook(row)
    },

    async changeWebhook(id, change, versions) {
      const operation = operations.changeWebhook(id, change, versions)
      return toWebhook(acceptedWebhook(id, await writer.call(operation)))
    },

    async deleteWebhook(id, versions) {
      acceptedWebhook(id, await writer.call(operations.deleteWebhook(id, versions)))
    },

    async takeWebhooks() {
      const owned = leases.id
      if (owned === undefined) return []
      let rows = await reader.query(selectEnabled)
      if (rows.some(({ owner }) => owner === null)) {
        await writer.call(operations.takeFreeWebhooks(owned))
        rows = await reader.query(selectEnabled)
      }
      return rows
        .filter(({ owner }) => owner === owned)
        .map(({ owner: _, ...row }) => ({ ...toWebhook(row), token: tokenOf(row, owned) }))
    },

    saveDeliveries: (deliveries) => writer.call(operations.saveDeliveries(deliveries)),
  }
}
