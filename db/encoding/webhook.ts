import type { CreatedWebhook, StoredWebhook, WebhookChange, WebhookToken } from '../store.ts'

/** A webhook as the engines store it. */
export interface WebhookRow extends Omit<StoredWebhook, 'types'> {
  /** As JSON. */
  types: string
}

/** The row of a new webhook, without the secret, which is in no other table. */
export type NewRow = Omit<WebhookRow, 'secret'>

/** A webhook that was just created, as its row is kept for a request that is sent again. */
export function toCreated({ types, ...row }: NewRow): CreatedWebhook {
  return { ...row, types: JSON.parse(types) }
}

export function toWebhook(row: WebhookRow): StoredWebhook {
  return { ...toCreated(row), secret: row.secret }
}

/** What a client's change makes of a webhook. */
export function changedRow(row: WebhookRow, change: WebhookChange): WebhookRow {
  const version = row.version + 1
  if (change.type === 'rotate') {
    const { secret, previousUntil } = change
    return { ...row, version, secret, previousSecret: row.secret, previousUntil }
  }
  const retried = { ...row, version, failures: 0, failingSince: null, nextAttemptAt: null }
  if (change.type === 'replay') return { ...retried, cursor: change.after, pending: null }
  const { type: _, types, ...settings } = change
  const next = { ...retried, ...settings, types: types ? JSON.stringify(types) : row.types }
  const isSameMessage =
    next.types === row.types &&
    next.productId === row.productId &&
    next.tag === row.tag &&
    next.batchSize === row.batchSize
  return {
    ...next,
    pending: isSameMessage ? row.pending : null,
    lastError: next.enabled && !row.enabled ? null : row.lastError,
  }
}

/** The product that a change makes a webhook be about; null if it is about none, or was about it before. */
export const newProductOf = (row: WebhookRow, next: WebhookRow): string | null =>
  next.productId === row.productId ? null : next.productId

/** Whether a change asks for deliveries from a place before those that the feed still has. */
export const isCompacted = (next: WebhookRow, change: WebhookChange, compacted: number) =>
  change.type !== 'rotate' && (next.enabled || change.type === 'replay') && next.cursor < compacted

/** The token of a webhook as it was handed out, to an instance if there can be several. */
export const tokenOf = ({ id, version }: WebhookRow, owner = ''): WebhookToken =>
  `${id} ${version} ${owner}`

/** The parts of a token; those of a malformed one match no webhook. */
export function readToken(token: WebhookToken): { id: string; version: number; owner: string } {
  const [id = '', version = '0', owner = ''] = token.split(' ')
  return { id, version: Number(version), owner }
}
