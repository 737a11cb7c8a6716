import type { Product } from '../../schemas/product.ts'
import type { RefreshState } from '../../schemas/refresh-state.ts'
import { toTime } from '../../schemas/to-time.ts'
import { AT_ONCE } from './due.ts'

/** What is read of a product to tell how it is polled or registered; times in epoch ms. */
export interface RefreshRow {
  nextAt: number | null
  failures: number
  fault: RefreshState['fault']
  message: string | null
  failedAt: number | null
}

/**
 * The same as SQL, of a row of `products` with one of `refreshes`. A failed registration goes before a
 * failed poll, since nothing is polled before it is registered. What is due at once has been due since the
 * product was registered.
 */
export const REFRESH_STATE: { [Name in keyof RefreshRow]: string } = {
  nextAt: `iif(due_at = ${AT_ONCE}, registered_at, coalesce(due_at, register_at))`,
  failures: 'iif(registration_failures > 0, registration_failures, failures)',
  fault: 'coalesce(registration_fault, fault)',
  message: 'coalesce(registration_message, message)',
  failedAt: 'coalesce(registration_failed_at, iif(failures > 0, failed_at, NULL))',
}

const timeOrNull = (ms: number | null) => (ms === null ? null : toTime(ms))

/** The API's view of it. */
export function toRefreshState(row: RefreshRow): Product['refresh'] {
  return {
    next_at: timeOrNull(row.nextAt),
    failures: row.failures,
    fault: row.fault,
    message: row.message,
    failed_at: timeOrNull(row.failedAt),
  }
}
