import { DAY_MS, HOUR_MS, MINUTE_MS } from './time.ts'

/** The lengths that buckets can have, in ms, from the shortest to the longest. */
export const INTERVALS = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '1d': DAY_MS,
} as const

export type BucketInterval = keyof typeof INTERVALS

/** `auto` gives at most so many buckets, as long as there is an interval that does. */
const AUTO_BUCKETS = 1000

/** The shortest interval that divides a window of this length, in ms, into not too many buckets. */
export function autoInterval(windowMs: number): BucketInterval {
  const names = Object.keys(INTERVALS) as BucketInterval[]
  // A window that begins within an interval touches one more.
  return names.find((name) => windowMs / INTERVALS[name] <= AUTO_BUCKETS - 1) ?? '1d'
}
