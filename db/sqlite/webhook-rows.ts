import type { Database } from 'better-sqlite3'
import type { WebhookRow } from '../encoding/webhook.ts'

/** A row of `webhooks`. SQLite has no booleans, so `enabled` is a number. */
export interface WebhookColumns {
  key: number
  id: string
  url: string
  types: string
  productId: string | null
  tag: string | null
  batchSize: number
  enabled: number
  createdAt: number
  version: number
  secret: string
  previousSecret: string | null
  previousUntil: number | null
  cursor: number
  pending: number | null
  failures: number
  failingSince: number | null
  lastStatus: number | null
  lastError: string | null
  nextAttemptAt: number | null
}

const COLUMNS = `key, id, url, types, product_id AS productId, tag, batch_size AS batchSize, enabled,
  created_at AS createdAt, version, secret, previous_secret AS previousSecret,
  previous_until AS previousUntil, cursor, pending, failures, failing_since AS failingSince,
  last_status AS lastStatus, last_error AS lastError, next_attempt_at AS nextAttemptAt`

export const SELECT_WEBHOOK = `SELECT ${COLUMNS} FROM webhooks WHERE id = ?`

export const toRow = (row: WebhookColumns): WebhookRow => ({ ...row, enabled: row.enabled === 1 })

/** The statements that read webhooks on the main thread. */
export const webhookReads = (db: Database) => ({
  one: db.prepare<[string], WebhookColumns>(SELECT_WEBHOOK),
  page: db.prepare<[number, number], WebhookColumns>(
    `SELECT ${COLUMNS} FROM webhooks WHERE key > ? ORDER BY key LIMIT ?`,
  ),
  enabled: db.prepare<[], WebhookColumns>(
    `SELECT ${COLUMNS} FROM webhooks WHERE enabled ORDER BY key`,
  ),
})
