import type { Database } from 'better-sqlite3'
import { type KeyRow, keptResult, keptSpan, type RequestResult } from '../../idempotency.ts'
import type { IdempotencyKey } from '../../store.ts'

/** The number of keys to delete per step. */
const KEYS_PER_STEP = 200

/** Makes the function that carries out a request only once for each idempotency key. */
export function requestsOnce(db: Database) {
  const select = db.prepare<{ key: string; since: number; until: number }, KeyRow>(
    `SELECT request, result FROM idempotency_keys
     WHERE key = @key AND at BETWEEN @since AND @until`,
  )
  const insert = db.prepare(
    'INSERT OR REPLACE INTO idempotency_keys (key, request, at, result) VALUES (?, ?, ?, ?)',
  )

  /** Applies a request at `now` unless its key was used before. Returns its result, or the one that was kept. */
  return function applyOnce<Result extends RequestResult>(
    once: IdempotencyKey | undefined,
    now: number,
    apply: () => Result,
  ): Result | 'key-reused' {
    if (!once) return apply()
    const row = select.get({ key: once.key, ...keptSpan(now) })
    if (row) return keptResult(once, row)
    const result = apply()
    if (typeof result === 'object') {
      insert.run(once.key, once.request, now, JSON.stringify(result))
    }
    return result
  }
}

/** Deletes old idempotency keys. */
export function idempotencyOperations(db: Database) {
  const sweep = db.prepare(
    `DELETE FROM idempotency_keys WHERE key IN (
       SELECT key FROM idempotency_keys WHERE at < @since UNION ALL
       SELECT key FROM idempotency_keys WHERE at > @until LIMIT ${KEYS_PER_STEP})`,
  )

  return {
    /** Deletes some of the expired keys. */
    sweepKeys({ now }: { now: number }): void {
      sweep.run(keptSpan(now))
    },
  }
}
