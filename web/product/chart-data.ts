import type { Gap } from '../../history/coverage.ts'
import type { Trend } from '../../schemas/trend.ts'

/** A price; null if the offer was not on sale, or nothing was observed. */
export type Price = number | null

/** The data of a chart: for each of the `times` (epoch ms), the prices in force from then on. */
export interface ChartData {
  from: number
  to: number
  gaps: Gap[]
  times: number[]
  lowest: Price[]
  /** The range of the lowest price until the next time, if known. */
  band: { low: Price[]; high: Price[] } | undefined
  /** The prices of each offer, in the order given. */
  offers: Price[][]
}

/** The prices in force from `at` on. */
interface Step {
  at: number
  /** Whether a poll observed this at that time, so that it is known even if a gap follows. */
  polled: boolean
  price: Price
  low: Price
  high: Price
}

/** The window of the chart, and when the product was created. */
interface Window extends Gap {
  since: number
}

/** The steps of a trend within the window, in time order. */
function stepsOf({ prices = [], buckets = [] }: Trend, { from, to, since }: Window): Step[] {
  // The price in force at the start of the window was observed earlier, unless the product did not exist yet.
  const isObserved = (at: number) => at > from || from <= since
  const steps = prices.map(({ at: time, price }): Step => {
    const at = Date.parse(time)
    return { at, polled: isObserved(at), price, low: price, high: price }
  })
  for (const [index, { at: time, open, close, low, high }] of buckets.entries()) {
    const at = Date.parse(time)
    const before = buckets[index - 1]
    // A bucket without observations continues the price of the one before.
    const polled = before
      ? [open, close, low, high].some((one) => one !== before.close)
      : isObserved(at)
    steps.push({ at, polled, price: open, low, high })
  }
  const last = buckets.at(-1)
  if (last) steps.push({ at: to, polled: false, price: last.close, low: last.low, high: last.high })
  // The first bucket can begin before the window; the trend of an offer that was read later can end after it.
  return steps
    .map((step) => ({ ...step, at: Math.max(step.at, from) }))
    .filter(({ at }) => at <= to)
}

/** The step in force at each of the times. Times and steps must be in time order. */
function along(times: number[], steps: Step[]): (Step | undefined)[] {
  let next = 0
  return times.map((time) => {
    while ((steps[next]?.at ?? Number.POSITIVE_INFINITY) <= time) next += 1
    return steps[next - 1]
  })
}

/** Whether each of the times begins an observed period. */
function observed(times: number[], gaps: Gap[], end: number): boolean[] {
  let next = 0
  return times.map((time) => {
    // Nothing follows the end of the window, so a gap that reaches the end includes it.
    while (gaps[next] && Number(gaps[next]?.to) <= time && Number(gaps[next]?.to) < end) next += 1
    return time < (gaps[next]?.from ?? Number.POSITIVE_INFINITY)
  })
}

/**
 * Merges the trend of the lowest price and those of offers, all over the same range, into one time axis. Every
 * time at which any of them changes, or a gap begins or ends, is a point of all of them. A poll in the middle of a
 * gap becomes a line of 1 ms. `since` is when the product was created, epoch ms.
 */
export function chartData(lowest: Trend, offers: Trend[], since: number): ChartData {
  const window = { from: Date.parse(lowest.from), to: Date.parse(lowest.to) }
  const gaps = lowest.gaps.map((gap) => ({ from: Date.parse(gap.from), to: Date.parse(gap.to) }))
  const [ofLowest = [], ...ofOffers] = [lowest, ...offers].map((trend) =>
    stepsOf(trend, { ...window, since }),
  )
  const inGap = (at: number) => gaps.some(({ from, to }) => from <= at && at < to)
  const alone = ({ at, polled, price }: Step) => polled && price !== null && inGap(at)
  const all = [ofLowest, ...ofOffers].flat()
  const moments = [
    window.from,
    window.to,
    ...gaps.flatMap(({ from, to }) => [from, to]),
    ...all.map(({ at }) => at),
    ...all.filter(alone).map(({ at }) => at + 1),
  ]
  const times = [...new Set(moments)].sort((a, b) => a - b)
  const seen = observed(times, gaps, window.to)
  const values = (steps: Step[], pick: (step: Step) => Price) =>
    along(times, steps).map((step, index) => {
      const known = step && (seen[index] || (step.at === times[index] && alone(step)))
      return known ? pick(step) : null
    })
  return {
    ...window,
    gaps,
    times,
    lowest: values(ofLowest, ({ price }) => price),
    band: lowest.buckets && {
      low: values(ofLowest, ({ low }) => low),
      high: values(ofLowest, ({ high }) => high),
    },
    offers: ofOffers.map((steps) => values(steps, ({ price }) => price)),
  }
}

/** The index of the last of the times that is not after `at`; 0 if all are. */
export function indexAt(times: number[], at: number): number {
  let [low, high] = [0, times.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (Number(times[middle]) <= at) low = middle
    else high = middle
  }
  return low
}

/** The last points of lines shorter than `shortest` ms, which are barely visible. */
export function briefAt(
  times: ArrayLike<number>,
  prices: ArrayLike<Price | undefined>,
  shortest: number,
): number[] {
  const found: number[] = []
  let begin = 0
  for (let index = 0; index < times.length; index++) {
    if (prices[index] == null) continue
    if (prices[index - 1] == null) begin = index
    const ends = prices[index + 1] == null
    const end = Number(times[Math.min(index + 1, times.length - 1)])
    if (ends && end - Number(times[begin]) < shortest) found.push(index)
  }
  return found
}
