import type { GroupCommit, Operation } from '../group-commit.ts'

/**
 * How many products a statement changes at most if it may concern all of them: some 50 ms of work, during which
 * others wait for their locks.
 */
export const BATCH = 1_000

/** The last key of a batch; undefined if it is the last batch. */
export function lastOfBatch(rows: readonly { key: number }[]): number | undefined {
  return rows.length < BATCH ? undefined : Math.max(...rows.map(({ key }) => key))
}

/**
 * Works through products batch by batch, each in a transaction of its own. `step` does those after a key, and gives
 * the last one that it did; undefined if there are no more.
 */
export async function inBatches(
  writer: GroupCommit,
  step: (after: number) => Operation<number | undefined>,
): Promise<void> {
  let after: number | undefined = 0
  while (after !== undefined) after = await writer.call(step(after))
}
