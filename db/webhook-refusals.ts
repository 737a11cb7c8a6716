import type { NewRow, WebhookRow } from './encoding/webhook.ts'
import { ChangesCompacted, ProductNotFound, TooManyWebhooks, WebhookNotFound } from './errors.ts'
import { changedSince } from './version-match.ts'

/** Why a webhook was not changed or deleted. */
export type WebhookRefusal =
  | 'not-found'
  | 'version-mismatch'
  | { unknownProduct: string }
  | { cursor: number; compacted: number }

/** The webhook that an operation created, which may be about a product. Throws the error for a refusal. */
export function newWebhook(
  { productId, limit }: { productId: string | null; limit: number },
  result: NewRow | 'not-found' | 'too-many',
): NewRow {
  if (result === 'not-found') throw new ProductNotFound(String(productId))
  if (result === 'too-many') throw new TooManyWebhooks(limit)
  return result
}

/** The webhook that an operation changed or deleted. Throws the error for a refusal. */
export function acceptedWebhook(id: string, result: WebhookRow | WebhookRefusal): WebhookRow {
  if (result === 'not-found') throw new WebhookNotFound(id)
  if (result === 'version-mismatch') throw changedSince(`Webhook ${id}`)
  if ('unknownProduct' in result) throw new ProductNotFound(result.unknownProduct)
  if ('compacted' in result) throw new ChangesCompacted(result.cursor, result.compacted)
  return result
}
