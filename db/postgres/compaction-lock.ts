import { COMPACTION_LOCK } from './advisory-locks.ts'
import { statement } from './connection.ts'
import type { Operation } from './group-commit.ts'
import { readOne } from './reader.ts'

const tryLock = statement<{ locked: boolean }>(
  'compact-lock',
  `SELECT pg_try_advisory_xact_lock(${COMPACTION_LOCK}) AS locked`,
)

/** Does a step unless another instance is doing one; then it returns undefined. */
export function alone<Result>(step: Operation<Result>): Operation<Result | undefined> {
  return async (transaction) => {
    const { locked } = await readOne(transaction, tryLock)
    return locked ? await step(transaction) : undefined
  }
}
