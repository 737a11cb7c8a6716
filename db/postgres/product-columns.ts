import { WRITTEN_FIELDS } from '../../schemas/product-fields.ts'
import { AT_ONCE } from '../at-once.ts'
import type { ProductRow, RefreshRow } from '../encoding/product.ts'

/**
 * How a product is polled or registered, as SQL of a row of `products` with one of `polls`. A failed
 * registration goes before a failed poll, since nothing is polled before it is registered. What is due at
 * once has been due since the product was registered.
 */
const REFRESH_STATE: { [Name in keyof RefreshRow]: string } = {
  nextAt: `CASE WHEN due_at = ${AT_ONCE} THEN registered_at ELSE coalesce(due_at, register_at) END`,
  failures: 'CASE WHEN registration_failures > 0 THEN registration_failures ELSE failures END',
  fault: 'coalesce(registration_fault, fault)',
  message: 'coalesce(registration_message, message)',
  failedAt: 'coalesce(registration_failed_at, CASE WHEN failures > 0 THEN failed_at END)',
}

const named = (columns: Record<string, string>) =>
  Object.entries(columns)
    .map(([name, sql]) => `${sql} AS "${name}"`)
    .join(', ')

/** A product as it is read, with what tells its versions apart. */
export type StoredRow = ProductRow & { key: number; version: number }

/** What is selected to make a product of the API, from `PRODUCTS`. */
export const PRODUCT_COLUMNS = `key, id, version, ${WRITTEN_FIELDS.join(', ')}, registration, ${named(
  {
    createdAt: 'created_at',
    updatedAt: 'updated_at',
    registrationReason: 'registration_reason',
    offersCount: 'offers_count',
    lowestPrice: 'lowest_price',
    checkedAt: 'checked_at',
    ...REFRESH_STATE,
  },
)}`

/** The rows of a product, which has one of each. */
export const PRODUCTS = `products JOIN polls ON polls.product_key = key
  JOIN listings ON listings.product_key = key`

/** What says of a product that its registration did not fail. */
export const NO_REGISTRATION_FAILURE = `registration_failures = 0, registration_fault = NULL,
  registration_message = NULL, registration_failed_at = NULL`
