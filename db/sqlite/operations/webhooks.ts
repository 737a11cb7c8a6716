import type { Database } from 'better-sqlite3'
import {
  changedRow,
  isCompacted,
  type NewRow,
  newProductOf,
  readToken,
  type WebhookRow,
} from '../../encoding/webhook.ts'
import { present } from '../../present.ts'
import type {
  DeliveryState,
  IdempotencyKey,
  WebhookChange,
  WebhookSettings,
  WebhookToken,
} from '../../store.ts'
import { isNamed } from '../../version-match.ts'
import type { WebhookRefusal } from '../../webhook-refusals.ts'
import { SELECT_WEBHOOK, toRow, type WebhookColumns } from '../webhook-rows.ts'
import { LAST_SEQ } from './changes.ts'
import { requestsOnce } from './idempotency.ts'

/** A new webhook, and the maximum number of webhooks. */
export interface WebhookToCreate {
  webhook: WebhookSettings & { id: string; secret: string }
  limit: number
  at: number
  once?: IdempotencyKey
}

/** Creates, changes and deletes webhooks, and saves the progress of their deliveries. */
export function webhookOperations(db: Database) {
  const applyOnce = requestsOnce(db)
  const insert = db.prepare(
    `INSERT INTO webhooks (id, url, types, product_id, tag, batch_size, enabled, created_at, version,
       secret, cursor, failures)
     SELECT @id, @url, @types, @productId, @tag, @batchSize, @enabled, @at, 1, @secret, ${LAST_SEQ}, 0
     WHERE (SELECT count(*) FROM webhooks) < @limit`,
  )
  const select = db.prepare<[string], WebhookColumns>(SELECT_WEBHOOK)
  const selectProduct = db.prepare<[string]>('SELECT 1 FROM products WHERE id = ?')
  const selectCompacted = db.prepare<[], number>('SELECT compacted_seq FROM totals').pluck()
  const update = db.prepare(
    `UPDATE webhooks SET url = @url, types = @types, product_id = @productId, tag = @tag,
       batch_size = @batchSize, enabled = @enabled, version = @version, secret = @secret,
       previous_secret = @previousSecret, previous_until = @previousUntil, cursor = @cursor,
       pending = @pending, failures = @failures, failing_since = @failingSince,
       last_error = @lastError, next_attempt_at = @nextAttemptAt
     WHERE key = @key`,
  )
  const save = db.prepare(
    `UPDATE webhooks SET cursor = @cursor, pending = @pending, enabled = @enabled,
       failures = @failures, failing_since = @failingSince, last_status = @lastStatus,
       last_error = @lastError, next_attempt_at = @nextAttemptAt
     WHERE id = @id AND version = @version`,
  )
  const remove = db.prepare('DELETE FROM webhooks WHERE id = ?')

  /** Returns the webhook, or why it may not be changed. */
  function find(id: string, versions: number[] | undefined) {
    const row = select.get(id)
    if (!row) return 'not-found'
    return isNamed(row.version, versions) ? toRow(row) : 'version-mismatch'
  }

  /** Whether there is no such product; null stands for all products. */
  const isUnknown = (productId: string | null) =>
    productId !== null && selectProduct.get(productId) === undefined

  function createWebhook({
    webhook,
    limit,
    at,
  }: WebhookToCreate): NewRow | 'not-found' | 'too-many' {
    if (isUnknown(webhook.productId)) return 'not-found'
    const { types, enabled, ...rest } = webhook
    const row = { ...rest, types: JSON.stringify(types), enabled: Number(enabled), at, limit }
    if (insert.run(row).changes === 0) return 'too-many'
    const { secret: _, ...created } = toRow(present(select.get(webhook.id), 'the new webhook'))
    return created
  }

  return {
    createWebhook: (input: WebhookToCreate) =>
      applyOnce(input.once, input.at, () => createWebhook(input)),

    /** Returns the webhook that the first request with a key created. */
    createdWebhook: ({ once, at }: { once: IdempotencyKey; at: number }) =>
      applyOnce<NewRow | 'not-found'>(once, at, () => 'not-found'),

    changeWebhook(input: {
      id: string
      change: WebhookChange
      versions?: number[]
    }): WebhookRow | WebhookRefusal {
      const row = find(input.id, input.versions)
      if (typeof row === 'string') return row
      const next = changedRow(row, input.change)
      const product = newProductOf(row, next)
      if (isUnknown(product)) return { unknownProduct: String(product) }
      const compacted = present(selectCompacted.get(), 'the totals')
      if (isCompacted(next, input.change, compacted)) return { cursor: next.cursor, compacted }
      update.run({ ...next, enabled: Number(next.enabled) })
      return next
    },

    /** Returns the deleted webhook. */
    deleteWebhook({ id, versions }: { id: string; versions?: number[] }) {
      const row = find(id, versions)
      if (typeof row === 'object') remove.run(id)
      return row
    },

    /** Returns the tokens that are no longer valid, whose deliveries were not saved. */
    saveDeliveries(deliveries: (DeliveryState & { token: WebhookToken })[]): WebhookToken[] {
      const refused: WebhookToken[] = []
      for (const { token, ...state } of deliveries) {
        const { id, version } = readToken(token)
        const { changes } = save.run({ ...state, enabled: Number(state.enabled), id, version })
        if (changes === 0) refused.push(token)
      }
      return refused
    },
  }
}
