import type { Product, RegistrationStatus } from '../../schemas/product.ts'
import type { RefreshState } from '../../schemas/refresh-state.ts'
import { toTime } from '../../schemas/to-time.ts'
import type { StoredProduct } from '../store.ts'
import { metadataOf, tagsOf, type WrittenRow } from './written.ts'

/** The columns that say how a product is polled or registered; times in epoch ms. */
export interface RefreshRow {
  nextAt: number | null
  failures: number
  fault: RefreshState['fault']
  message: string | null
  failedAt: number | null
}

/** The columns that make a product of the API; times in epoch ms. */
export type ProductRow = RefreshRow &
  WrittenRow & {
    id: string
    createdAt: number
    updatedAt: number
    registration: RegistrationStatus
    registrationReason: string | null
    offersCount: number
    lowestPrice: number | null
    checkedAt: number | null
  }

const timeOrNull = (ms: number | null) => (ms === null ? null : toTime(ms))

function toRefreshState(row: RefreshRow): Product['refresh'] {
  return {
    next_at: timeOrNull(row.nextAt),
    failures: row.failures,
    fault: row.fault,
    message: row.message,
    failed_at: timeOrNull(row.failedAt),
  }
}

/**
 * When a product must have been checked to be fresh, epoch ms. A check later than `until` was made before
 * the clock was put back, so its age is unknown.
 */
export interface FreshSpan {
  since: number
  until: number
}

const isStale = (checkedAt: number | null, { since, until }: FreshSpan) =>
  checkedAt === null || checkedAt < since || checkedAt > until

/** When a product was last checked, as the API shows it. */
export function toFreshness(checkedAt: number | null, fresh: FreshSpan) {
  return {
    checked_at: timeOrNull(checkedAt),
    stale: isStale(checkedAt, fresh),
  } satisfies Partial<Product>
}

export function toProduct(row: ProductRow, fresh: FreshSpan): Product {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    external_id: row.external_id,
    tags: tagsOf(row),
    metadata: metadataOf(row),
    created_at: toTime(row.createdAt),
    updated_at: toTime(row.updatedAt),
    registration: { status: row.registration, reason: row.registrationReason },
    refresh: toRefreshState(row),
    offers_count: row.offersCount,
    lowest_price: row.lowestPrice,
    // Not `...toFreshness`: spreading it takes as long as all the other fields, on a page of fifty.
    checked_at: timeOrNull(row.checkedAt),
    stale: isStale(row.checkedAt, fresh),
  }
}

export function toStoredProduct(
  row: ProductRow & { version: number },
  fresh: FreshSpan,
): StoredProduct {
  return { ...toProduct(row, fresh), version: row.version }
}

/** What a new product is made of. */
export type IdentifiedProduct = WrittenRow & { id: string }

/** A product of the API that was just created, whose registration is due at `registerAt`. */
export function toNewProduct(
  product: IdentifiedProduct,
  createdAt: number,
  registerAt: number,
): Product {
  const at = toTime(createdAt)
  return {
    ...product,
    tags: tagsOf(product),
    metadata: metadataOf(product),
    created_at: at,
    updated_at: at,
    registration: { status: 'pending', reason: null },
    refresh: {
      next_at: toTime(registerAt),
      failures: 0,
      fault: null,
      message: null,
      failed_at: null,
    },
    offers_count: 0,
    lowest_price: null,
    checked_at: null,
    stale: true,
  }
}
