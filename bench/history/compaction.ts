import { compactionAt } from '../database/retention.ts'
import { quantile, seconds } from './figures.ts'
import { NOW, type Opened } from './market.ts'

/** Rolls up and deletes everything that is old enough, and returns how long that took. */
export async function compactAll({ store, commits }: Opened) {
  commits.length = 0
  const began = performance.now()
  let steps = 1
  while (await store.compact(compactionAt(NOW))) steps += 1
  return { steps, seconds: seconds(began), longest_commit_ms: quantile(commits, 1) }
}
