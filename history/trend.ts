/** The figures of a price over a window, from the stretches that fill it. All of it is pure. */
import { plusQuotient2, quotient2 } from './round.ts'
import { clipped, excessAbove, priceAtEnd, type Stretch } from './stretch.ts'
import { floorTo } from './time.ts'

/** More points than this are too many for one answer. */
export const MAX_POINTS = 10_000

/** The answer would have more than `MAX_POINTS` points. */
export class TooManyPoints extends Error {
  readonly code = 'TOO_MANY_POINTS'

  constructor() {
    super(
      `The trend has more than ${MAX_POINTS} points; ask for a shorter window or a longer interval`,
    )
  }
}

/** From `at` on this was the price, and so many were in stock; null: it was not on sale. */
export interface PricePoint {
  at: number
  price: number | null
  itemsInStock: number | null
}

/** How far a price came; null where there is nothing to compare. */
export interface Change {
  absolute: number | null
  /** Percent, to two decimals; null also where the first price is 0. */
  percent: number | null
}

export interface Figures {
  change: Change
  low: number | null
  high: number | null
  /** Each price weighed by the time it stood, to two decimals. */
  mean: number | null
}

/** What happened in one interval. All prices are null where it was not on sale in it. */
export interface Bucket {
  /** Its beginning, a multiple of the interval since 1970. */
  at: number
  open: number | null
  close: number | null
  low: number | null
  high: number | null
  mean: number | null
}

/** The change from a price to another one. */
export function changeOf(first: number | null, last: number | null): Change {
  if (first === null || last === null) return { absolute: null, percent: null }
  const absolute = last - first
  return { absolute, percent: first === 0 ? null : quotient2(absolute * 100, first) }
}

const lowest = (a: number | null, b: number | null) =>
  a === null || b === null ? (a ?? b) : Math.min(a, b)

const highest = (a: number | null, b: number | null) =>
  a === null || b === null ? (a ?? b) : Math.max(a, b)

/** Makes a summary that of itself and of the stretch behind it. */
function extend(summary: Stretch, next: Stretch): void {
  const low = lowest(summary.low, next.low)
  if (low !== null) summary.excess = excessAbove(low, summary) + excessAbove(low, next)
  summary.low = low
  summary.until = next.until
  summary.open ??= next.open
  summary.close = next.close ?? summary.close
  summary.high = highest(summary.high, next.high)
  summary.onSaleMs += next.onSaleMs
  summary.itemsInStock = next.itemsInStock
}

function meanOf({ low, high, excess, onSaleMs, close }: Stretch): number | null {
  if (low === null || high === null || onSaleMs === 0) return close
  return Math.min(high, plusQuotient2(low, excess, onSaleMs))
}

/** Change, low, high and mean over all stretches. */
export function figuresOf(stretches: Stretch[]): Figures {
  const [first, ...rest] = stretches
  if (!first) return { change: changeOf(null, null), low: null, high: null, mean: null }
  const all = { ...first }
  for (const stretch of rest) extend(all, stretch)
  return { change: changeOf(all.open, all.close), low: all.low, high: all.high, mean: meanOf(all) }
}

/**
 * The points at which price or stock changed, the first one where the first stretch begins; of an hour
 * that is only known as a summary, how it stood at its end.
 */
export function pointsOf(stretches: Stretch[]): PricePoint[] {
  const points: PricePoint[] = []
  let before: PricePoint | undefined
  for (const stretch of stretches) {
    const price = priceAtEnd(stretch)
    const { from: at, itemsInStock } = stretch
    if (before && before.price === price && before.itemsInStock === itemsInStock) continue
    before = { at, price, itemsInStock }
    points.push(before)
  }
  return points
}

/** What `items` gives, as it is shown, unless that is more than fits in one answer: `TooManyPoints`. */
export function few<T, Shown>(items: Iterable<T>, show: (item: T) => Shown): Shown[] {
  const list: Shown[] = []
  for (const item of items) {
    if (list.push(show(item)) > MAX_POINTS) throw new TooManyPoints()
  }
  return list
}

/** What happened in each interval from the first stretch to the last. */
export function* bucketsOf(stretches: Stretch[], intervalMs: number): Generator<Bucket> {
  let summary: Stretch | undefined
  for (const piece of piecesOf(stretches, intervalMs)) {
    if (summary && floorTo(summary.from, intervalMs) === floorTo(piece.from, intervalMs)) {
      extend(summary, piece)
    } else {
      if (summary) yield bucketOf(summary, intervalMs)
      summary = { ...piece }
    }
  }
  if (summary) yield bucketOf(summary, intervalMs)
}

/** The stretches, cut where an interval begins. */
function* piecesOf(stretches: Stretch[], intervalMs: number): Generator<Stretch> {
  for (const stretch of stretches) {
    let from = stretch.from
    do {
      const next = floorTo(from, intervalMs) + intervalMs
      yield clipped(stretch, from, Math.min(stretch.until, next))
      from = next
    } while (from < stretch.until)
  }
}

function bucketOf(summary: Stretch, intervalMs: number): Bucket {
  const { open, close, low, high } = summary
  return { at: floorTo(summary.from, intervalMs), open, close, low, high, mean: meanOf(summary) }
}
