import { DAY_MS, HOUR_MS, MINUTE_MS } from './time.ts'

/** The available bucket lengths in ms, shortest first. */
export const INTERVALS = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '1d': DAY_MS,
} as const

export type BucketInterval = keyof typeof INTERVALS

/** The maximum number of buckets for `auto`, if any interval allows it. */
const AUTO_BUCKETS = 1000

/** The shortest interval that keeps a window of this length, in ms, within the maximum. */
export function autoInterval(windowMs: number): BucketInterval {
  const names = Object.keys(INTERVALS) as BucketInterval[]
  // A window that begins in the middle of an interval touches one more.
  return names.find((name) => windowMs / INTERVALS[name] <= AUTO_BUCKETS - 1) ?? '1d'
}
