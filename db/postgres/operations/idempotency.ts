import {
  type KeyRefusal,
  type KeyRow,
  keptResult,
  keptSpan,
  type RequestResult,
} from '../../idempotency.ts'
import { present } from '../../present.ts'
import type { IdempotencyKey } from '../../store.ts'
import { statement } from '../connection.ts'
import type { Operation, Transaction } from '../group-commit.ts'
import { type Queryable, readOne } from '../reader.ts'

/** The number of keys to delete per step. */
const KEYS_PER_STEP = 200

// Held until the commit. Another instance does not wait for it, but answers that the request is still running.
const tryLock = statement<{ locked: boolean }>(
  'idempotency-lock',
  'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS locked',
)

const selectKey = statement<KeyRow>(
  'idempotency-key',
  'SELECT request, result FROM idempotency_keys WHERE key = $1 AND at BETWEEN $2 AND $3',
)

const insertKey = statement(
  'idempotency-insert',
  `INSERT INTO idempotency_keys (key, request, at, result) VALUES ($1, $2, $3, $4)
   ON CONFLICT (key) DO UPDATE
     SET request = excluded.request, at = excluded.at, result = excluded.result`,
)

const selectOldKey = statement<{ found: boolean }>(
  'idempotency-old',
  'SELECT EXISTS (SELECT FROM idempotency_keys WHERE at < $1 OR at > $2) AS found',
)

const sweep = statement<{ key: string }>(
  'idempotency-sweep',
  `DELETE FROM idempotency_keys WHERE key IN (
     SELECT key FROM idempotency_keys WHERE at < $1 OR at > $2 LIMIT ${KEYS_PER_STEP})
   RETURNING key`,
)

/** Applies a request at `now` unless its key was used before. Returns its result, or the one that was kept. */
export function applyOnce<Result extends RequestResult>(
  once: IdempotencyKey | undefined,
  now: number,
  apply: Operation<Result>,
): Operation<Result | KeyRefusal> {
  if (!once) return apply
  const { key, request } = once
  return async (transaction) => {
    const { query } = transaction
    const { since, until } = keptSpan(now)
    // The order matters: the second statement sees what was committed before the lock was released.
    const [[lock], [row]] = await Promise.all([
      query(tryLock, [key]),
      query(selectKey, [key, since, until]),
    ])
    if (row) return keptResult<Result>(once, row)
    if (!present(lock, 'the lock of a key').locked) return 'key-in-use'
    const result = await apply(transaction)
    if (typeof result === 'object') {
      await query(insertKey, [key, request, now, JSON.stringify(result)])
    }
    return result
  }
}

/** Whether there are expired keys. */
export async function hasOldKeys(db: Queryable, now: number): Promise<boolean> {
  const { since, until } = keptSpan(now)
  return (await readOne(db, selectOldKey, [since, until])).found
}

/** Deletes some of the expired keys. Returns whether there were any. */
export async function sweepKeys({ query }: Transaction, now: number): Promise<boolean> {
  const { since, until } = keptSpan(now)
  return (await query(sweep, [since, until])).length > 0
}
