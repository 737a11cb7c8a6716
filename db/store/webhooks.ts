import type { ChangeType } from '../../schemas/change.ts'
import type { IdempotencyKey } from './idempotency.ts'

/** What a webhook gets, and where. */
export interface WebhookSettings {
  url: string
  /** The types of changes; none for all types. */
  types: ChangeType[]
  /** Only changes of this product; null for all products. */
  productId: string | null
  /** Only changes of products that had this tag before or after the change; null for any product. */
  tag: string | null
  /** The most changes in a message. */
  batchSize: number
  enabled: boolean
}

/** How far a webhook has come, and how its last attempts went. */
export interface DeliveryState {
  /** The last change that was delivered, or did not have to be. */
  cursor: number
  /** The last change in the message being delivered, if it has several: an attempt later has the same ones. */
  pending: number | null
  enabled: boolean
  /** How many attempts failed in a row, and when the first of them was. */
  failures: number
  failingSince: number | null
  lastStatus: number | null
  lastError: string | null
  /** When a message that failed is sent again. */
  nextAttemptAt: number | null
}

export interface StoredWebhook extends WebhookSettings, DeliveryState {
  /** Its place among all webhooks, by age. */
  key: number
  id: string
  createdAt: number
  /** What `If-Match` compares: each change by a client increases it, and a delivery leaves it as it is. */
  version: number
  secret: string
  /** The secret before the last rotation; null before the first. */
  previousSecret: string | null
  /** Until when messages are signed with that too. */
  previousUntil: number | null
}

/** A webhook as it was when it was created. Its secret is kept in one place only, and this is not it. */
export type CreatedWebhook = Omit<StoredWebhook, 'secret'>

/** Identifies a webhook that was handed out, as it was then. Its format is private to the engine. */
export type WebhookToken = string

export interface WebhookTask extends StoredWebhook {
  token: WebhookToken
}

/** A change of a webhook by a client. */
export type WebhookChange =
  | ({ type: 'settings' } & Partial<WebhookSettings>)
  /** Goes back, or ahead, to this place in the feed. */
  | { type: 'replay'; after: number }
  | { type: 'rotate'; secret: string; previousUntil: number }

/** The webhooks. Each is a position in the change feed. */
export interface WebhookStore {
  /**
   * Creates a webhook that gets the changes after this moment. Rejects with `ProductNotFound` if there is no such
   * product, and with `TooManyWebhooks` if there are `limit` webhooks already. A webhook outlives its product. With
   * `once`, only the first request creates one; later ones get that one, with its id. See `IdempotencyKey`.
   */
  createWebhook(
    webhook: WebhookSettings & { id: string; secret: string },
    limit: number,
    once?: IdempotencyKey,
  ): Promise<CreatedWebhook>
  /**
   * The webhook that the first request with this key created, also if it is gone; undefined if the key is free, which
   * it stays. Rejects as `createWebhook` does with a key of another request.
   */
  createdWebhook(once: IdempotencyKey): Promise<CreatedWebhook | undefined>
  /** The webhooks after this key, oldest first. */
  webhooks(after: number, limit: number): Promise<StoredWebhook[]>
  /** Rejects with `WebhookNotFound`. */
  webhook(id: string): Promise<StoredWebhook>
  /**
   * Changes a webhook. What was handed out before is no longer good, and the next attempt is due at once. Rejects
   * with `WebhookNotFound`, with `VersionMismatch` if `versions` is given and does not contain the webhook's, with
   * `ProductNotFound` if it would then be about another product, which there is not, or with `ChangesCompacted` if it
   * would then be enabled, or replay, from a place before the beginning of the feed.
   */
  changeWebhook(id: string, change: WebhookChange, versions?: number[]): Promise<StoredWebhook>
  /** Rejects with `WebhookNotFound` or `VersionMismatch`, like `changeWebhook`. */
  deleteWebhook(id: string, versions?: number[]): Promise<void>
  /**
   * All enabled webhooks that this instance delivers for, also those it was given before. Several instances deliver
   * for none together: when one dies, the others are given its webhooks.
   */
  takeWebhooks(): Promise<WebhookTask[]>
  /**
   * Records how deliveries went, in one transaction, except where the token is no longer good, because the webhook was
   * changed or has gone to another instance. Returns the tokens that were not good.
   */
  saveDeliveries(deliveries: (DeliveryState & { token: WebhookToken })[]): Promise<WebhookToken[]>
}
