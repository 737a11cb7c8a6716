import type { GroupCommit, Operation } from '../group-commit.ts'

/**
 * The maximum number of products per statement if all products are to be changed: some 50 ms of work, during which
 * others wait for the locks.
 */
export const BATCH = 1_000

/** The last key of a batch; undefined if it is the last batch. */
export function lastOfBatch(rows: readonly { key: number }[]): number | undefined {
  return rows.length < BATCH ? undefined : Math.max(...rows.map(({ key }) => key))
}

/**
 * Processes all products batch by batch, each in a transaction of its own. `step` processes those after a key, and
 * returns the last one; undefined if there are no more.
 */
export async function inBatches(
  writer: GroupCommit,
  step: (after: number) => Operation<number | undefined>,
): Promise<void> {
  let after: number | undefined = 0
  while (after !== undefined) after = await writer.call(step(after))
}
