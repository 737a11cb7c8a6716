import type { GetColumnData } from 'drizzle-orm'
import type { Product } from '../../schemas/product.ts'
import { toTime } from '../../schemas/to-time.ts'
import type { StoredProduct } from '../store.ts'
import { products, refreshes } from './schema.ts'

/** The columns that make a product of the API. */
export const productColumns = {
  id: products.id,
  name: products.name,
  description: products.description,
  createdAt: products.createdAt,
  updatedAt: products.updatedAt,
  registration: products.registration,
  registrationReason: products.registrationReason,
  offersCount: refreshes.offersCount,
  lowestPrice: refreshes.lowestPrice,
  checkedAt: refreshes.checkedAt,
}

export type ProductRow = {
  [Name in keyof typeof productColumns]: GetColumnData<(typeof productColumns)[Name]>
}

const toCheckedAt = (checkedAt: number | null) => (checkedAt === null ? null : toTime(checkedAt))

/**
 * When a product must have been checked to be fresh, epoch ms. A check later than `until` was made before
 * the clock was put back, and nobody knows how long ago that is.
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
    created_at: toTime(row.createdAt),
    updated_at: toTime(row.updatedAt),
    registration: { status: row.registration, reason: row.registrationReason },
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
