import { WRITTEN_FIELDS } from '../../schemas/product-fields.ts'
import { AT_ONCE } from '../at-once.ts'
import type { ProductRow, RefreshRow } from '../encoding/product.ts'

/**
 * SQL for the refresh state of a product, in a query that joins `products` and `polls`. A failed registration takes
 * precedence over a failed poll, because nothing is polled until it is registered. A poll that is due at once has been
 * due since the product was registered.
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

/** A product as it is read, with its version. */
export type StoredRow = ProductRow & { key: number; version: number }

/** The columns of `PRODUCTS` from which a product of the API is made. */
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

/** Joins the rows of products; each product has one in every table. */
export const PRODUCTS = `products JOIN polls ON polls.product_key = key
  JOIN listings ON listings.product_key = key`

/** Assignments that clear the failures of registration. */
export const NO_REGISTRATION_FAILURE = `registration_failures = 0, registration_fault = NULL,
  registration_message = NULL, registration_failed_at = NULL`
