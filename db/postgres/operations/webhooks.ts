import {
  changedRow,
  isCompacted,
  type NewRow,
  newProductOf,
  readToken,
  type WebhookRow,
} from '../../encoding/webhook.ts'
import type { DeliveryState, WebhookChange, WebhookSettings, WebhookToken } from '../../store.ts'
import { isNamed } from '../../version-match.ts'
import type { WebhookRefusal } from '../../webhook-refusals.ts'
import { statement } from '../connection.ts'
import type { Operation, Transaction } from '../group-commit.ts'
import { readOne } from '../reader.ts'
import { WEBHOOK } from '../webhook-columns.ts'

// Locked, so that a webhook about a product that is deleted meanwhile gets that change.
const lockProduct = statement('webhook-product', 'SELECT FROM products WHERE id = $1 FOR KEY SHARE')

// Creations take turns, so that together they do not exceed the limit.
const lockTable = statement('webhook-lock', 'LOCK TABLE webhooks IN SHARE ROW EXCLUSIVE MODE')

const insert = statement<WebhookRow>(
  'webhook-insert',
  `INSERT INTO webhooks (key, id, url, types, product_id, tag, batch_size, enabled, created_at, version,
     secret, cursor, failures)
   SELECT (SELECT coalesce(max(key), 0) + 1 FROM webhooks), $1, $2, $3, $4, $10, $5::integer, $6::boolean, $7::bigint, 1, $8, (SELECT seq FROM feed), 0
   WHERE (SELECT count(*) FROM webhooks) < $9
   RETURNING ${WEBHOOK}`,
)

const lockRow = statement<WebhookRow>(
  'webhook-row-lock',
  `SELECT ${WEBHOOK} FROM webhooks WHERE id = $1 FOR UPDATE`,
)

const selectCompacted = statement<{ compacted: number }>(
  'webhook-compacted',
  'SELECT compacted_seq AS compacted FROM feed',
)

const update = statement(
  'webhook-update',
  `UPDATE webhooks SET url = $2, types = $3, product_id = $4, batch_size = $5, enabled = $6,
     version = $7, secret = $8, previous_secret = $9, previous_until = $10, cursor = $11,
     pending = $12, failures = $13, failing_since = $14, last_error = $15, next_attempt_at = $16,
     tag = $17
   WHERE key = $1`,
)

const remove = statement('webhook-delete', 'DELETE FROM webhooks WHERE id = $1')

const save = statement<{ id: string }>(
  'webhook-save',
  `UPDATE webhooks AS w SET cursor = d.cursor, pending = d.pending, enabled = d.enabled,
     failures = d.failures, failing_since = d.failing_since, last_status = d.last_status,
     last_error = d.last_error, next_attempt_at = d.next_attempt_at
   FROM unnest($1::text[], $2::integer[], $3::text[], $4::bigint[], $5::bigint[], $6::boolean[],
     $7::integer[], $8::bigint[], $9::integer[], $10::text[], $11::bigint[])
     AS d (id, version, owner, cursor, pending, enabled, failures, failing_since, last_status,
       last_error, next_attempt_at)
   WHERE w.id = d.id AND w.version = d.version AND w.owner = d.owner
   RETURNING w.id`,
)

// As many as are this instance's share of them: the others look at about the same time.
const take = statement(
  'webhook-take',
  `UPDATE webhooks SET owner = $1 WHERE key IN (
     SELECT key FROM webhooks WHERE owner IS NULL AND enabled ORDER BY key
     LIMIT (SELECT ceil(count(*)::float8 / (SELECT count(*) FROM instances)) FROM webhooks
       WHERE owner IS NULL AND enabled) FOR UPDATE SKIP LOCKED)
   AND EXISTS (SELECT FROM instances WHERE id = $1)`,
)

/** Whether there is no such product; null stands for all products. */
async function isUnknown({ query }: Transaction, productId: string | null): Promise<boolean> {
  return productId !== null && (await query(lockProduct, [productId])).length === 0
}

export function createWebhook(
  webhook: WebhookSettings & { id: string; secret: string },
  limit: number,
  at: number,
): Operation<NewRow | 'not-found' | 'too-many'> {
  return async (transaction) => {
    const { query } = transaction
    const { id, url, types, productId, tag, batchSize, enabled, secret } = webhook
    if (await isUnknown(transaction, productId)) return 'not-found'
    await query(lockTable)
    const values = [id, url, JSON.stringify(types), productId, batchSize, enabled, at, secret]
    const [row] = await query(insert, [...values, limit, tag])
    if (!row) return 'too-many'
    const { secret: _, ...created } = row
    return created
  }
}

/** Locks a webhook. Returns it, or why it may not be changed. */
async function find({ query }: Transaction, id: string, versions: number[] | undefined) {
  const [row] = await query(lockRow, [id])
  if (!row) return 'not-found'
  return isNamed(row.version, versions) ? row : 'version-mismatch'
}

/** Returns the webhook as it is now. */
export function changeWebhook(
  id: string,
  change: WebhookChange,
  versions?: number[],
): Operation<WebhookRow | WebhookRefusal> {
  return async (transaction) => {
    const row = await find(transaction, id, versions)
    if (typeof row === 'string') return row
    const next = changedRow(row, change)
    const product = newProductOf(row, next)
    if (await isUnknown(transaction, product)) return { unknownProduct: String(product) }
    const { compacted } = await readOne(transaction, selectCompacted)
    if (isCompacted(next, change, compacted)) return { cursor: next.cursor, compacted }
    await transaction.query(update, [
      ...[next.key, next.url, next.types, next.productId, next.batchSize, next.enabled],
      ...[next.version, next.secret, next.previousSecret, next.previousUntil, next.cursor],
      ...[next.pending, next.failures, next.failingSince, next.lastError, next.nextAttemptAt],
      next.tag,
    ])
    return next
  }
}

/** Returns the deleted webhook. */
export function deleteWebhook(
  id: string,
  versions?: number[],
): Operation<WebhookRow | WebhookRefusal> {
  return async (transaction) => {
    const row = await find(transaction, id, versions)
    if (typeof row === 'object') await transaction.query(remove, [id])
    return row
  }
}

/** Returns the tokens that are no longer valid, whose deliveries were not saved. */
export function saveDeliveries(
  deliveries: (DeliveryState & { token: WebhookToken })[],
): Operation<WebhookToken[]> {
  return async ({ query }) => {
    const rows = deliveries.map(({ token, ...state }) => ({ ...state, ...readToken(token), token }))
    const saved = await query(save, [
      rows.map(({ id }) => id),
      rows.map(({ version }) => version),
      rows.map(({ owner }) => owner),
      rows.map(({ cursor }) => cursor),
      rows.map(({ pending }) => pending),
      rows.map(({ enabled }) => enabled),
      rows.map(({ failures }) => failures),
      rows.map(({ failingSince }) => failingSince),
      rows.map(({ lastStatus }) => lastStatus),
      rows.map(({ lastError }) => lastError),
      rows.map(({ nextAttemptAt }) => nextAttemptAt),
    ])
    const good = new Set(saved.map(({ id }) => id))
    return rows.filter(({ id }) => !good.has(id)).map(({ token }) => token)
  }
}

/** Assigns webhooks that no instance delivers to this one. */
export const takeFreeWebhooks =
  (owner: string): Operation<void> =>
  async ({ query }) => {
    await query(take, [owner])
  }
