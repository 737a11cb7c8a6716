import {
  type FreshSpan,
  type IdentifiedProduct,
  type ProductRow,
  toNewProduct,
  toProduct,
} from './encoding/product.ts'
import { ExternalIdTaken, ProductNotFound, VersionMismatch } from './errors.ts'
import type { BatchItemResult } from './store.ts'

/** Why a product was not changed. */
export type ProductRefusal =
  | 'not-found'
  | 'version-mismatch'
  | { externalId: string; takenBy: string }

/** An item of a batch whose external id belongs to a product already: `row`, in its current state. */
export interface Conflict<Row> {
  index: number
  status: 'refused' | 'skipped' | 'updated'
  row: Row
}

/** The name, in messages, of a product of which only the external id is known. */
export const withExternalId = (externalId: string) =>
  `with the external_id ${JSON.stringify(externalId)}`

/** The product that an operation returned. Throws the error for a refusal. */
export function accepted<Row extends object>(which: string, result: Row | ProductRefusal): Row {
  if (result === 'not-found') throw new ProductNotFound(which)
  if (result === 'version-mismatch') {
    throw new VersionMismatch(`Product ${which} has changed since the version that If-Match names`)
  }
  if ('takenBy' in result) throw new ExternalIdTaken(result.externalId, result.takenBy)
  return result
}

/** The result of each item of a batch; those without a conflict were created at `at`, to be registered at `registerAt`. */
export function batchResults<Row extends ProductRow>(
  items: IdentifiedProduct[],
  conflicts: Conflict<Row>[],
  { at, registerAt, fresh }: { at: number; registerAt: number; fresh: FreshSpan },
): BatchItemResult[] {
  const results = items.map((item): BatchItemResult => {
    return { status: 'created', product: toNewProduct(item, at, registerAt) }
  })
  for (const { index, status, row } of conflicts) {
    results[index] =
      status === 'refused'
        ? { status, error: new ExternalIdTaken(String(row.external_id), row.id) }
        : { status, product: toProduct(row, fresh) }
  }
  return results
}
