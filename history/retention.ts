import { DAY_MS, floorTo, HOUR_MS } from './time.ts'

/** For how many days the history and the change feed keep every detail. */
export interface Retention {
  rawDays: number
  changesDays: number
}

/** The limits of compaction at `now`, in epoch milliseconds; the history of a day is rolled up once the day is over. */
export const retentionAt = (now: number, { rawDays, changesDays }: Retention) => ({
  // Observations from before midnight may be written a little after it.
  rollBefore: floorTo(now - HOUR_MS, DAY_MS),
  rawBefore: now - rawDays * DAY_MS,
  changesBefore: now - changesDays * DAY_MS,
})
