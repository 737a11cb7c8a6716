import type { Segment } from './segment.ts'

/** A price, and when it was first in force; epoch ms. */
export interface Extreme {
  price: number
  at: number
}

/** The lowest and the highest price of a series so far. */
export interface Extremes {
  low: Extreme
  high: Extreme
}

/** The extremes once the price is `price` from `at` on; null: not on sale. */
export function withPrice(
  known: Extremes | null,
  price: number | null,
  at: number,
): Extremes | null {
  if (price === null) return known
  if (!known) return { low: { price, at }, high: { price, at } }
  return {
    low: price < known.low.price ? { price, at } : known.low,
    high: price > known.high.price ? { price, at } : known.high,
  }
}

/** The extremes once these segments have followed. The prices of an hour count from its beginning. */
export function withSegments(known: Extremes | null, segments: readonly Segment[]) {
  let extremes = known
  for (const { from, low, high } of segments) {
    extremes = withPrice(withPrice(extremes, low, from), high, from)
  }
  return extremes
}
