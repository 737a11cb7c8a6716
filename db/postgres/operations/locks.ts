import { type Statement, statement } from '../connection.ts'
import type { Transaction } from '../group-commit.ts'

// Several are locked in the order of their keys, so that no two transactions wait for each other.
export const lockKeys = statement(
  'lock-keys',
  'SELECT FROM products WHERE key = ANY($1::bigint[]) ORDER BY key FOR NO KEY UPDATE',
)

export const lockId = statement('lock-id', 'SELECT FROM products WHERE id = $1 FOR NO KEY UPDATE')

export const lockIds = statement(
  'lock-ids',
  'SELECT FROM products WHERE id = ANY($1::text[]) ORDER BY key FOR NO KEY UPDATE',
)

export const lockExternalIds = statement(
  'lock-external-ids',
  'SELECT FROM products WHERE external_id = ANY($1::text[]) ORDER BY key FOR NO KEY UPDATE',
)

/**
 * Locks products and then reads them, in two statements. A single statement that had to wait for the lock would read
 * the rows of other tables as they were before the wait.
 */
export async function readLocked<Row>(
  { query }: Transaction,
  lock: Statement<unknown>,
  read: Statement<Row>,
  which: unknown,
): Promise<Row[]> {
  const [, rows] = await Promise.all([query(lock, [which]), query(read, [which])])
  return rows
}
