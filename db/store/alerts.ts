import type { Alert, AlertFiring } from '../../schemas/alert.ts'
import type { Rule } from '../../schemas/alert-rules.ts'
import type { IdempotencyKey } from './idempotency.ts'

/** What an alert watches, and by which rule. */
export interface AlertToCreate {
  name: string
  productId: string | null
  tag: string | null
  rule: Rule
  enabled: boolean
}

export type AlertChanges = Partial<Pick<AlertToCreate, 'name' | 'enabled'>> & {
  rule?: Partial<Rule>
}

/** A position in the firings of an alert: that of the last one seen. */
export interface FiringPosition {
  at: number
  productKey: number
}

interface FiringPage {
  items: AlertFiring[]
  next: FiringPosition | null
}

/**
 * The alerts and their firings. The version of an alert is its `updated_at` in ms, which each change by a client
 * increases, also if the clock was put back, and which a firing leaves as it is.
 */
export interface AlertStore {
  /**
   * Creates an alert, which watches from now on, or a product from when that got its tag. If its rule has
   * `fire_if_true`, it fires in the same transaction for what is true already; rejects with `TooManyWatched` if it
   * would watch too many products. Rejects with `ProductNotFound`. With `once`, only the first request creates one;
   * see `IdempotencyKey`.
   */
  createAlert(alert: AlertToCreate, once?: IdempotencyKey): Promise<Alert>
  /** Rejects with `AlertNotFound`. */
  alert(id: string): Promise<Alert>
  /** The alerts in the order of their creation, after the one with the id `after`. */
  alerts(query: { limit: number; after?: string }): Promise<Alert[]>
  /**
   * Changes what `changes` names. Another rule, or enabling it, starts the alert anew, as `createAlert` does.
   * Rejects with `AlertNotFound`, or with `VersionMismatch` if `versions` is given and does not contain the alert's.
   */
  updateAlert(id: string, changes: AlertChanges, versions?: number[]): Promise<Alert>
  /** Deletes an alert with its firings. Rejects like `updateAlert`. */
  deleteAlert(id: string, versions?: number[]): Promise<void>
  /** The firings of an alert, the latest first. Rejects with `AlertNotFound`. */
  firings(id: string, query: { limit: number; after?: FiringPosition }): Promise<FiringPage>
  /**
   * Fires the alerts about products of this instance that have become stale, some at a time. Returns whether there may
   * be more.
   */
  fireStale(): Promise<boolean>
}
