import { randomUUIDv7 } from 'node:crypto'
import { openStore } from '../../db/open.ts'
import type { Compaction } from '../../db/store.ts'
import { retentionAt } from '../../history/retention.ts'
import { DAY_MS } from '../../history/time.ts'

/** The compaction of the service at `now`, with its default configuration. */
export const compactionAt = (now: number): Compaction =>
  retentionAt(now, { rawDays: 35, changesDays: 7 })

/** Rolls up and deletes everything that is due, so that the service does not do so during a measurement. */
export async function compactAll(path: string, now: number): Promise<void> {
  const store = await openStore(`file:${path}`, {
    clock: () => now,
    newId: randomUUIDv7,
    staleAfterMs: DAY_MS,
  })
  try {
    while (await store.compact(compactionAt(now)));
  } finally {
    await store.close()
  }
}
