/**
 * The lowest price of the 30 days before a reduction, as Directive 98/6/EC, article 6a, has shops show
 * it beside a reduced price. What is computed here is what was observed, not legal advice.
 */
import { DAY_MS, HOUR_MS } from './time.ts'

/** How far back from the start of a reduction the lowest price is searched. */
export const PRIOR_WINDOW_MS = 30 * DAY_MS

/**
 * A past price of an offer, with the last hour (since 1970) in which it was in force. `price` is the lowest
 * of that hour.
 */
export interface PastPrice {
  hour: number
  price: number
}

/**
 * The past prices of an offer that can still be the lowest of a window that ends later: those that no later
 * price undercuts, so they rise from the oldest to the latest. There are at most as many as hours in the
 * window, and usually about ten.
 */
export type PastPrices = readonly PastPrice[]

/** Adds a price that was in force until `until` (epoch ms, exclusive). */
export function withPastPrice(past: PastPrices, price: number, until: number): PastPrice[] {
  const oldest = Math.floor((until - PRIOR_WINDOW_MS) / HOUR_MS)
  const hour = Math.floor((until - 1) / HOUR_MS)
  const lower = past.filter((known) => known.hour >= oldest && known.price < price)
  return lower.at(-1)?.hour === hour ? lower : [...lower, { hour, price }]
}

/**
 * The lowest price in the 30 days before `at` (epoch ms); null if not on sale in them. `lowestBetween` reads
 * the history, for the one hour that is only partly within the 30 days.
 */
export function lowestPastPrice(
  past: PastPrices,
  at: number,
  lowestBetween: (from: number, to: number) => number | null,
): number | null {
  const from = at - PRIOR_WINDOW_MS
  const partHour = Math.floor(from / HOUR_MS)
  const whole = past.find(({ hour }) => hour > partHour)?.price ?? Number.POSITIVE_INFINITY
  const doubtful = past.some(({ hour }) => hour === partHour)
  const part = doubtful ? lowestBetween(from, (partHour + 1) * HOUR_MS) : null
  const lowest = Math.min(whole, part ?? Number.POSITIVE_INFINITY)
  return lowest === Number.POSITIVE_INFINITY ? null : lowest
}

/**
 * `lowest_prior_30d` of an offer whose price changes, or which returns to sale, at `at`. `before` is its last
 * state, `past` its past prices up to `at`; `lowestBetween` is as for `lowestPastPrice`.
 */
export function lowestPriorFrom(
  at: number,
  price: number,
  before: { price: number; lowestPrior: number | null },
  past: PastPrices,
  lowestBetween: (from: number, to: number) => number | null,
): number | null {
  if (price === before.price) return before.lowestPrior // Back on sale at the same price.
  return price > before.price ? null : lowestPastPrice(past, at, lowestBetween)
}
