import type { NewProduct } from '../schemas/product.ts'
import { TAGS_MAX } from '../schemas/tag-rules.ts'
import { type FreshSpan, type ProductRow, toNewProduct, toProduct } from './encoding/product.ts'
import { type TagRefusal, toWritten } from './encoding/written.ts'
import { ExternalIdTaken, ProductNotFound, TooManyTags } from './errors.ts'
import { present } from './present.ts'
import type { BatchItemResult, ChangeResult, DeletionResult, StoredProduct } from './store.ts'
import { changedSince } from './version-match.ts'

/** Why a product was not changed. */
export type ProductRefusal = 'not-found' | 'version-mismatch' | ContentRefusal

/** Why a product cannot have the content that a change would give it. */
type ContentRefusal =
  | { refused: 'external-id-taken'; externalId: string; takenBy: string }
  | TagRefusal

/** An item of a batch whose external id belongs to a product already: `row`, in its current state. */
export interface Conflict<Row> {
  index: number
  status: 'refused' | 'skipped' | 'updated'
  row: Row
}

/**
 * What was done to create some products. With their items, it gives the result of each; so it is enough to keep this
 * with the idempotency key of a request.
 */
export interface Creation<Row> {
  /** The id of each item; it was not used if the item has a conflict. */
  ids: string[]
  /** When they were created. */
  at: number
  /** When their registration is due, which is when they were to be created. */
  registerAt: number
  conflicts: Conflict<Row>[]
}

/** The name, in messages, of a product of which only the external id is known. */
export const withExternalId = (externalId: string) =>
  `with the external_id ${JSON.stringify(externalId)}`

const contentError = (which: string, refusal: ContentRefusal): ExternalIdTaken | TooManyTags =>
  refusal.refused === 'external-id-taken'
    ? new ExternalIdTaken(refusal.externalId, refusal.takenBy)
    : new TooManyTags(which, refusal.tags, TAGS_MAX)

/** The product that an operation returned. Throws the error for a refusal. */
export function accepted<Row extends object>(which: string, result: Row | ProductRefusal): Row {
  if (result === 'not-found') throw new ProductNotFound(which)
  if (result === 'version-mismatch') throw changedSince(`Product ${which}`)
  if ('refused' in result) throw contentError(which, result)
  return result
}

/** The only product of a creation. Throws `ExternalIdTaken` if it was refused. */
export function createdProduct<Row extends ProductRow>(
  item: NewProduct,
  { ids, at, registerAt, conflicts }: Creation<Row>,
): StoredProduct {
  for (const { row } of conflicts) throw new ExternalIdTaken(String(row.external_id), row.id)
  const id = present(ids[0], 'the id of the product')
  return { ...toNewProduct({ id, ...toWritten(item) }, at, registerAt), version: 1 }
}

/**
 * The result of each item of a batch. A product that was fresh then still is in the answer to a later request with the
 * same idempotency key.
 */
export function batchResults<Row extends ProductRow>(
  items: NewProduct[],
  { ids, at, registerAt, conflicts }: Creation<Row>,
  freshSpan: (at?: number) => FreshSpan,
): BatchItemResult[] {
  const { since } = freshSpan(registerAt)
  const fresh = { since, until: Math.max(freshSpan().until, registerAt) }
  const results = items.map((item, index): BatchItemResult => {
    const id = present(ids[index], 'the id of item', index)
    const product = toNewProduct({ id, ...toWritten(item) }, at, registerAt)
    return { status: 'created', product }
  })
  for (const { index, status, row } of conflicts) {
    results[index] =
      status === 'refused'
        ? { status, error: new ExternalIdTaken(String(row.external_id), row.id) }
        : { status, product: toProduct(row, fresh) }
  }
  return results
}

/** The result of each change of a batch. */
export function changeResults<Row extends ProductRow>(
  ids: string[],
  results: (Row | ProductRefusal)[],
  fresh: FreshSpan,
): ChangeResult[] {
  return results.map((result, index) => {
    const id = String(ids[index])
    if (typeof result === 'string') return { status: 'refused', error: new ProductNotFound(id) }
    return 'refused' in result
      ? { status: 'refused', error: contentError(id, result) }
      : { status: 'updated', product: toProduct(result, fresh) }
  })
}

/** The result of each deletion of a batch; `deleted` are the places of those that were found. */
export function deletionResults(ids: string[], deleted: ReadonlySet<number>): DeletionResult[] {
  return ids.map((id, index) =>
    deleted.has(index)
      ? { status: 'deleted' }
      : { status: 'refused', error: new ProductNotFound(id) },
  )
}
