import type { OffersFault } from '../../schemas/refresh-state.ts'

/**
 * Identifies a task to the engine that handed it out. Its format is private to the engine; a token in the
 * format of another engine is not valid.
 */
export type TaskToken = string

/** One offer as returned by a poll. */
export interface ObservedOffer {
  id: string
  price: number
  items_in_stock: number
}

/** How work on a product failed; the message is safe to show. */
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
   * fingerprint of the answer, by which an identical one is recognised.
   */
  | {
      type: 'refreshed'
      token: TaskToken
      at: number
      dueAt: number
      offers: ObservedOffer[]
      answer?: string
    }
  /** At `at` its offers were those of the last successful poll; the next poll is due at `dueAt`. */
  | { type: 'unchanged'; token: TaskToken; at: number; dueAt: number }
  /** Could not be polled at `at`; due again at `dueAt`. Its stored offers stay. */
  | ({ type: 'refresh-failed'; token: TaskToken; at: number; dueAt: number } & Failure)
  /** Not polled, to leave room for others; due at `dueAt`. */
  | { type: 'postponed'; token: TaskToken; dueAt: number }
  /** At `at` the Offers service no longer knew it: if registered it is pending again, due at `dueAt`. */
  | ({ type: 'forgotten'; token: TaskToken; at: number; dueAt: number } & Failure)
  /** Not tried; due as before. */
  | { type: 'released'; token: TaskToken }
