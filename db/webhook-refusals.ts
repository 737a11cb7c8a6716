import type { WebhookRow } from './encoding/webhook.ts'
import { ChangesCompacted, WebhookNotFound } from './errors.ts'
import { changedSince } from './version-match.ts'

/** Why a webhook was not changed or deleted. */
export type WebhookRefusal =
  | 'not-found'
  | 'version-mismatch'
  | { cursor: number; compacted: number }

/** The webhook that an operation changed or deleted. Throws the error for a refusal. */
export function acceptedWebhook(id: string, result: WebhookRow | WebhookRefusal): WebhookRow {
  if (result === 'not-found') throw new WebhookNotFound(id)
  if (result === 'version-mismatch') throw changedSince(`Webhook ${id}`)
  if ('compacted' in result) throw new ChangesCompacted(result.cursor, result.compacted)
  return result
}
