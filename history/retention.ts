import { DAY_MS, floorTo, HOUR_MS } from './time.ts'

/**
 * The history is rolled up in parts of this length, from midnight in UTC on. A trend by hours reads the polls since the
 * last one; shorter parts would rewrite the hours of a day more often.
 */
const ROLLED_AT_ONCE_MS = DAY_MS / 4

/** For how many days the history and the change feed keep every detail. */
export interface Retention {
  rawDays: number
  changesDays: number
}

/** The limits of compaction at `now`, in epoch milliseconds. */
export const retentionAt = (now: number, { rawDays, changesDays }: Retention) => ({
  // Observations from before the end of a part may be written a little after it.
  rollBefore: floorTo(now - HOUR_MS, ROLLED_AT_ONCE_MS),
  rawBefore: now - rawDays * DAY_MS,
  changesBefore: now - changesDays * DAY_MS,
})
