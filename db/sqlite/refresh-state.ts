import { AT_ONCE } from '../at-once.ts'
import type { RefreshRow } from '../encoding/product.ts'

/**
 * SQL for the refresh state of a product, in a query that joins `products` and `refreshes`. A failed registration takes
 * precedence over a failed poll, because nothing is polled until it is registered. A poll that is due at once has been
 * due since the product was registered.
 */
export const REFRESH_STATE: { [Name in keyof RefreshRow]: string } = {
  nextAt: `iif(due_at = ${AT_ONCE}, registered_at, coalesce(due_at, register_at))`,
  failures: 'iif(registration_failures > 0, registration_failures, failures)',
  fault: 'coalesce(registration_fault, fault)',
  message: 'coalesce(registration_message, message)',
  failedAt: 'coalesce(registration_failed_at, iif(failures > 0, failed_at, NULL))',
}
