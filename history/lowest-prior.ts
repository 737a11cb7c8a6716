/**
 * The lowest price of the 30 days before a reduction, as Directive 98/6/EC, article 6a, has shops show
 * it beside a reduced price. What is computed here is what was observed, not legal advice.
 */
import { DAY_MS, HOUR_MS } from './time.ts'

/** How far back from the start of a reduction the lowest price is looked for. */
export const PRIOR_WINDOW_MS = 30 * DAY_MS

/**
 * A price that an offer had, with the last hour (since 1970) in which it was in force. `price` is the
 * lowest one of that hour.
 */
export interface PastPrice {
  hour: number
  price: number
}

/**
 * The past prices of an offer that can still be the lowest of some window that ends later: the ones
 * that no later price undercuts, so they rise from the oldest to the latest. There are as many as there
 * are hours in the window at most, and mostly about ten.
 */
export type PastPrices = readonly PastPrice[]

/** The past prices after one more, which was in force up to `until` (epoch ms, not included). */
export function withPastPrice(past: PastPrices, price: number, until: number): PastPrice[] {
  const oldest = Math.floor((until - PRIOR_WINDOW_MS) / HOUR_MS)
  const hour = Math.floor((until - 1) / HOUR_MS)
  const lower = past.filter((known) => known.hour >= oldest && known.price < price)
  return lower.at(-1)?.hour === hour ? lower : [...lower, { hour, price }]
}

/**
 * The lowest price in the 30 days before `at` (epoch ms); null where it was not on sale in them.
 * `lowestBetween` looks into the history itself, for the one hour that is within the 30 days in part.
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
 * `lowest_prior_30d` of an offer from the moment `at` on, at which it takes a price or comes back on sale.
 * `before` is how it stood last, `past` its past prices up to `at`; `lowestBetween` as for `lowestPastPrice`.
 */
export function lowestPriorFrom(
  at: number,
  price: number,
  before: { price: number; lowestPrior: number | null },
  past: PastPrices,
  lowestBetween: (from: number, to: number) => number | null,
): number | null {
  if (price === before.price) return before.lowestPrior // It comes back as it was.
  return price > before.price ? null : lowestPastPrice(past, at, lowestBetween)
}
