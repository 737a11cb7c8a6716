import { DAY_MS } from '../history/time.ts'
import { IdempotencyKeyInUse, IdempotencyKeyReused } from './errors.ts'
import type { IdempotencyKey } from './store.ts'

/** Why a request with an idempotency key was not carried out. */
export type KeyRefusal = 'key-reused' | 'key-in-use'

/** A key as it is stored. */
export interface KeyRow {
  request: string
  /** What the first request resulted in, as JSON. */
  result: string
}

/**
 * When a key must have been stored to count at `now`. One from further ahead was stored before the clock was put back,
 * and nobody knows how long ago.
 */
export function keptSpan(now: number): { since: number; until: number } {
  return { since: now - DAY_MS, until: now + DAY_MS }
}

/** The result of the first request with this key, if this is the same request. */
export function keptResult<Result>(once: IdempotencyKey, row: KeyRow): Result | 'key-reused' {
  return row.request === once.request ? JSON.parse(row.result) : 'key-reused'
}

/** What a request results in. Text says why it was refused, which leaves its key free. */
export type RequestResult = object | 'not-found' | 'too-many'

/** The result of a request. Throws the error if its key was refused. */
export function carriedOut<Result extends RequestResult>(result: Result | KeyRefusal): Result {
  if (result === 'key-reused') throw new IdempotencyKeyReused()
  if (result === 'key-in-use') throw new IdempotencyKeyInUse()
  return result
}
