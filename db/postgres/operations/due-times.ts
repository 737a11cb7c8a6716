import { AT_ONCE } from '../../at-once.ts'
import { statement } from '../connection.ts'
import type { GroupCommit } from '../group-commit.ts'
import { BATCH, inBatches, lastOfBatch } from './batches.ts'

// Rows are locked in the order of their keys, so that no two transactions wait for each other.
const expedite = statement<{ key: number }>(
  'expedite',
  `WITH failed AS (
     SELECT key FROM products
     WHERE register_at > $1 AND (registration_failures > 0 OR registered_at IS NULL) LIMIT ${BATCH}
   ), locked AS (
     SELECT key FROM products WHERE key IN (SELECT key FROM failed) AND register_at > $1
     ORDER BY key FOR NO KEY UPDATE
   )
   UPDATE products SET register_at = $1 FROM locked WHERE products.key = locked.key
   RETURNING products.key`,
)

const advanceRegistrations = statement<{ key: number }>(
  'advance-registrations',
  `WITH next AS (
     SELECT key FROM products WHERE key > $2 AND register_at IS NOT NULL
     ORDER BY key LIMIT ${BATCH} FOR NO KEY UPDATE
   )
   UPDATE products SET register_at = register_at - $1 FROM next WHERE products.key = next.key
   RETURNING products.key`,
)

const advancePolls = statement<{ key: number }>(
  'advance-polls',
  `WITH next AS (
     SELECT product_key AS key FROM polls
     WHERE product_key > $2 AND due_at > ${AT_ONCE} AND (product_key & 255) = ANY($3::bigint[])
     ORDER BY product_key LIMIT ${BATCH} FOR NO KEY UPDATE
   )
   UPDATE polls SET due_at = greatest(due_at - $1, ${AT_ONCE} + 1)
   FROM next WHERE product_key = next.key RETURNING product_key AS key`,
)

/** Makes failed registrations that are due later due at `at`. */
export function expediteRegistrations(writer: GroupCommit, at: number): Promise<void> {
  return inBatches(
    writer,
    () =>
      async ({ query }) =>
        lastOfBatch(await query(expedite, [at])),
  )
}

/** Makes all registrations, and the polls of some shards, due earlier by these numbers of ms. */
export async function advanceWork(
  writer: GroupCommit,
  early: { registration: number; refresh: number },
  shards: number[],
): Promise<void> {
  const advance = (by: number, some: typeof advancePolls, ...values: unknown[]) =>
    inBatches(writer, (after) => async ({ query }) => {
      return lastOfBatch(await query(some, [by, after, ...values]))
    })
  if (early.registration > 0) await advance(early.registration, advanceRegistrations)
  if (early.refresh > 0) await advance(early.refresh, advancePolls, shards)
}
