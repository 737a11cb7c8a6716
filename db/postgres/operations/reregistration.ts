import { statement } from '../connection.ts'
import type { Operation } from '../group-commit.ts'
import { NO_REGISTRATION_FAILURE } from '../product-columns.ts'
import { readOne } from '../reader.ts'
import { BATCH, lastOfBatch } from './batches.ts'

// Locked until the commit, so that instances take turns.
const selectProgress = statement<{ at: number; after: number }>(
  'reregister-progress',
  `SELECT reregister_at AS at, reregistered_key AS after FROM credentials
   WHERE reregister_at IS NOT NULL FOR UPDATE`,
)

const selectBatch = statement<{ key: number }>(
  'reregister-batch',
  `SELECT key FROM products WHERE key > $1 ORDER BY key LIMIT ${BATCH} FOR NO KEY UPDATE`,
)

const reopen = statement<{ registered: number; rejected: number }>(
  'reregister-reopen',
  `WITH old AS (
     SELECT key, registration FROM products
     WHERE key = ANY($1::bigint[]) AND (registration <> 'pending' OR register_at > $2)
   ), reopened AS (
     UPDATE products SET registration = 'pending', registration_reason = NULL, register_at = $2,
       ${NO_REGISTRATION_FAILURE}
     FROM old WHERE products.key = old.key
   )
   SELECT count(*) FILTER (WHERE registration = 'registered') AS registered,
     count(*) FILTER (WHERE registration = 'rejected') AS rejected FROM old`,
)

const stopPolls = statement(
  'reregister-stop',
  `UPDATE polls SET due_at = NULL WHERE product_key = ANY($1::bigint[]) AND due_at IS NOT NULL`,
)

const setProgress = statement(
  'reregister-progress-write',
  'UPDATE credentials SET reregistered_key = $1',
)

const finish = statement(
  'reregister-finish',
  'UPDATE credentials SET reregister_at = NULL, reregistered_key = NULL',
)

/** Whether registrations are being reopened, so that no product may be handed out. */
export const IS_REOPENING = 'EXISTS (SELECT FROM credentials WHERE reregister_at IS NOT NULL)'

export const selectIsReopening = statement<{ isReopening: boolean }>(
  'reregister-is-reopening',
  `SELECT ${IS_REOPENING} AS "isReopening"`,
)

/**
 * Reopens the next batch of registrations, which became invalid with the token that they were tied to. Any instance can
 * continue where another one was interrupted.
 */
export const reopenSome: Operation<number | undefined> = async (transaction) => {
  const { query, feed } = transaction
  const [progress] = await query(selectProgress)
  /* c8 ignore next -- another instance has ended it since it was found, which no test can time */
  if (!progress) return undefined
  const products = await query(selectBatch, [progress.after])
  const keys = products.map(({ key }) => key)
  const { registered, rejected } = await readOne(transaction, reopen, [keys, progress.at])
  await query(stopPolls, [keys])
  feed.count({ registered: -registered, pending: registered + rejected })
  const last = lastOfBatch(products)
  await (last === undefined ? query(finish) : query(setProgress, [last]))
  return last
}
