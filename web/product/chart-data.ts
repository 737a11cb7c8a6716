import type { Trend } from '../../schemas/trend.ts'

/** A price; null where it was not on sale, or nobody looked. */
export type Price = number | null

/** A part of the time in which nobody looked, epoch ms. */
interface Gap {
  from: number
  to: number
}

/** What is drawn: for each moment of `times` the prices in force from then on. Times in epoch ms. */
export interface ChartData {
  from: number
  to: number
  gaps: Gap[]
  times: number[]
  lowest: Price[]
  /** Between what the lowest price moved until the next moment, where that is known. */
  band: { low: Price[]; high: Price[] } | undefined
  /** The prices of each offer, in the order given. */
  offers: Price[][]
}

/** From `at` on this was in force. */
interface Step {
  at: number
  /** Whether a poll found this at that moment, so that it is known even where nobody looked afterwards. */
  polled: boolean
  price: Price
  low: Price
  high: Price
}

/** The time that is drawn, and since when the product is there. */
interface Window extends Gap {
  since: number
}

/** The steps of a trend within the window, in time order. */
function stepsOf({ prices = [], buckets = [] }: Trend, { from, to, since }: Window): Step[] {
  // What is in force as the window begins was found before, unless the product begins with it.
  const begins = (at: number) => at > from || from <= since
  const steps = prices.map(({ at: time, price }): Step => {
    const at = Date.parse(time)
    return { at, polled: begins(at), price, low: price, high: price }
  })
  for (const [index, { at: time, open, close, low, high }] of buckets.entries()) {
    const at = Date.parse(time)
    const before = buckets[index - 1]
    // A bucket in which nobody looked goes on with the price of the one before.
    const polled = before
      ? [open, close, low, high].some((one) => one !== before.close)
      : begins(at)
    steps.push({ at, polled, price: open, low, high })
  }
  const last = buckets.at(-1)
  if (last) steps.push({ at: to, polled: false, price: last.close, low: last.low, high: last.high })
  // The first bucket can begin before the window; an answer that came later can go beyond it.
  return steps
    .map((step) => ({ ...step, at: Math.max(step.at, from) }))
    .filter(({ at }) => at <= to)
}

/** What was in force at each of the times. Both are in order, and so is the result. */
function along(times: number[], steps: Step[]): (Step | undefined)[] {
  let next = 0
  return times.map((time) => {
    while ((steps[next]?.at ?? Number.POSITIVE_INFINITY) <= time) next += 1
    return steps[next - 1]
  })
}

/** Of each of the times whether somebody looked from then on. */
function observed(times: number[], gaps: Gap[], end: number): boolean[] {
  let next = 0
  return times.map((time) => {
    // Behind the end of the window there is nothing: a gap that reaches it holds there, too.
    while (gaps[next] && Number(gaps[next]?.to) <= time && Number(gaps[next]?.to) < end) next += 1
    return time < (gaps[next]?.from ?? Number.POSITIVE_INFINITY)
  })
}

/**
 * Brings the trend of the lowest price and those of offers, all over the same range, onto one axis of
 * time. A moment at which any of them changed, or a gap begins or ends, is a point of all of them. A poll
 * in the middle of a gap is a line of 1 ms. `since`: when the product was created, epoch ms.
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

/** The place of the last of the times that is not after `at`; 0 where all are. */
export function indexAt(times: number[], at: number): number {
  let [low, high] = [0, times.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (Number(times[middle]) <= at) low = middle
    else high = middle
  }
  return low
}

/** The last points of the lines of these prices that are shorter than `shortest` ms, and can hardly be seen. */
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
