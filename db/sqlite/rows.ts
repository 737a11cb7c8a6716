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

const isStale = (checkedAt: number | null, staleBefore: number) =>
  checkedAt === null || checkedAt < staleBefore

/** The API's view of when a product was last checked; `staleBefore` is an epoch time in ms. */
export function toFreshness(checkedAt: number | null, staleBefore: number) {
  return {
    checked_at: toCheckedAt(checkedAt),
    stale: isStale(checkedAt, staleBefore),
  } satisfies Partial<Product>
}

export function toProduct(row: ProductRow, staleBefore: number): Product {
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
    stale: isStale(row.checkedAt, staleBefore),
  }
}

export function toStoredProduct(
  row: ProductRow & { version: number },
  staleBefore: number,
): StoredProduct {
  return { ...toProduct(row, staleBefore), version: row.version }
}
