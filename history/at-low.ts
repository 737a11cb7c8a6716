import type { Extremes } from './extremes.ts'
import { DAY_MS } from './time.ts'

/** The windows over which a price can be at its low, in ms. */
export const LOW_WINDOWS = {
  '30d': 30 * DAY_MS,
  '90d': 90 * DAY_MS,
  '365d': 365 * DAY_MS,
  all: Number.POSITIVE_INFINITY,
} as const

export type LowWindow = keyof typeof LOW_WINDOWS

/** The lowest and the highest price of a window; null if it has none. */
interface Range {
  low: number | null
  high: number | null
}

/**
 * Whether a price is at its low: the lowest of a window in which it was also higher. The range may end before the price.
 */
export function isAtLow(price: number | null, { low, high }: Range): boolean {
  if (price === null || low === null || high === null) return false
  return price <= low && price < high
}

/**
 * The lowest price since a time, `price` being one of then, as far as the extremes of all time tell; undefined if only
 * the history does. A low in the future, from before the clock was put back, counts only for all time: since 0.
 */
export function knownLowSince(
  { low }: Extremes,
  price: number,
  since: number,
  now: number,
): number | undefined {
  const isWithin = since === 0 || (low.at >= since && low.at <= now)
  return isWithin || low.price >= price ? low.price : undefined
}
