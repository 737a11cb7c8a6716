import type { GetColumnData } from 'drizzle-orm'
import type { Product } from '../../schemas/product.ts'
import type { ProductTexts } from '../../schemas/product-fields.ts'
import { toTime } from '../../schemas/to-time.ts'
import { sql } from '../../trimmed/drizzle.ts'
import type { StoredProduct } from '../store.ts'
import { named } from './prepared.ts'
import { REFRESH_STATE, type RefreshRow, toRefreshState } from './refresh-state.ts'
import { products, refreshes } from './schema.ts'

/** The columns that are part of a product of the API as they are. */
const productColumns = {
  id: products.id,
  name: products.name,
  description: products.description,
  external_id: products.externalId,
  createdAt: products.createdAt,
  updatedAt: products.updatedAt,
  registration: products.registration,
  registrationReason: products.registrationReason,
  offersCount: refreshes.offersCount,
  lowestPrice: refreshes.lowestPrice,
  checkedAt: refreshes.checkedAt,
}

export type ProductRow = RefreshRow & {
  [Name in keyof typeof productColumns]: GetColumnData<(typeof productColumns)[Name]>
}

const state = <T>(name: keyof RefreshRow) => sql<T>`${sql.raw(REFRESH_STATE[name])}`.as(name)

/** What is selected to make a product of the API. */
export const productFields = {
  ...named(productColumns),
  nextAt: state<RefreshRow['nextAt']>('nextAt'),
  failures: state<RefreshRow['failures']>('failures'),
  fault: state<RefreshRow['fault']>('fault'),
  message: state<RefreshRow['message']>('message'),
  failedAt: state<RefreshRow['failedAt']>('failedAt'),
}

const toCheckedAt = (checkedAt: number | null) => (checkedAt === null ? null : toTime(checkedAt))

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

/** The API's view of when a product was last checked. */
export function toFreshness(checkedAt: number | null, fresh: FreshSpan) {
  return {
    checked_at: toCheckedAt(checkedAt),
    stale: isStale(checkedAt, fresh),
  } satisfies Partial<Product>
}

export function toProduct(row: ProductRow, fresh: FreshSpan): Product {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    external_id: row.external_id,
    created_at: toTime(row.createdAt),
    updated_at: toTime(row.updatedAt),
    registration: { status: row.registration, reason: row.registrationReason },
    refresh: toRefreshState(row),
    offers_count: row.offersCount,
    lowest_price: row.lowestPrice,
    // No object to take them from: for a page of fifty that is as much as all others.
    checked_at: toCheckedAt(row.checkedAt),
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
export type IdentifiedProduct = ProductTexts & { id: string }

/** The API's view of a product that was just made; its registration is due at `registerAt`. */
export function toNewProduct(
  product: IdentifiedProduct,
  createdAt: number,
  registerAt: number,
): Product {
  const at = toTime(createdAt)
  return {
    ...product,
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
