import type { OffersFault } from '../../schemas/refresh-state.ts'

/**
 * Names a task to the engine that handed it out. Its form is the engine's own; a token with the form of
 * another engine is one that is no longer good.
 */
export type TaskToken = string

/** What a poll of the Offers service said about one offer. */
export interface ObservedOffer {
  id: string
  price: number
  items_in_stock: number
}

/** How work on a product failed; the message is fit to be shown. */
interface Failure {
  fault: OffersFault
  message: string
}

/** How a task ended. Its product is free for the next task once this is settled. */
export type Outcome =
  /** Registered at `at`. It stays handed out for its first poll, due at once, before all others. */
  | { type: 'registered'; token: TaskToken; at: number }
  /** Refused. If the product has changed since `version`, it stays pending instead, due at `at`. */
  | { type: 'rejected'; token: TaskToken; version: number; reason: string; at: number }
  /** Could not be registered at `at`; due again at `dueAt`. */
  | ({ type: 'registration-failed'; token: TaskToken; at: number; dueAt: number } & Failure)
  /**
   * These, and no others, were its offers at `at`; the next poll is due at `dueAt`. `answer` is a short
   * fingerprint of what the Offers service said, by which the same answer is recognised.
   */
  | {
      type: 'refreshed'
      token: TaskToken
      at: number
      dueAt: number
      offers: ObservedOffer[]
      answer?: string
    }
  /** At `at` its offers were those of the last good poll; the next one is due at `dueAt`. */
  | { type: 'unchanged'; token: TaskToken; at: number; dueAt: number }
  /** Could not be polled at `at`; due again at `dueAt`. What is known of its offers stays. */
  | ({ type: 'refresh-failed'; token: TaskToken; at: number; dueAt: number } & Failure)
  /** Not polled, to leave room for others; due at `dueAt`. */
  | { type: 'postponed'; token: TaskToken; dueAt: number }
  /** At `at` the Offers service no longer knew it: if registered it is pending again, due at `dueAt`. */
  | ({ type: 'forgotten'; token: TaskToken; at: number; dueAt: number } & Failure)
  /** Not tried; due as before. */
  | { type: 'released'; token: TaskToken }
