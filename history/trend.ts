/** The figures of a price over a window, from the segments that fill it. All of it is pure. */
import { plusQuotient2, quotient2 } from './round.ts'
import { clipped, excessAbove, priceAtEnd, type Segment } from './segment.ts'
import { floorTo } from './time.ts'

/** The maximum number of points in one answer. */
export const MAX_POINTS = 10_000

/** The maximum number of points of all trends in one answer. */
export const MAX_POINTS_IN_ALL = 20_000

/** The answer would have more than `MAX_POINTS` points, or `MAX_POINTS_IN_ALL`. */
export class TooManyPoints extends Error {
  readonly code = 'TOO_MANY_POINTS'

  constructor(ofMany = false) {
    super(
      ofMany
        ? `The trends have more than ${MAX_POINTS_IN_ALL} points in all; ask for fewer products, a shorter ` +
            'window or a longer interval'
        : `The trend has more than ${MAX_POINTS} points; ask for a shorter window or a longer interval`,
    )
  }
}

/** The price and stock from `at` on; null: not on sale. */
export interface PricePoint {
  at: number
  price: number | null
  itemsInStock: number | null
}

/** The change of a price; null if there is nothing to compare. */
export interface PriceChange {
  absolute: number | null
  /** Percent, to two decimals; null also if the first price is 0. */
  percent: number | null
}

export interface TrendFigures {
  change: PriceChange
  low: number | null
  high: number | null
  /** The time-weighted mean, to two decimals. */
  mean: number | null
}

/** The summary of one interval. All prices are null if not on sale in it. */
export interface Bucket {
  /** Its beginning, a multiple of the interval since 1970. */
  at: number
  open: number | null
  close: number | null
  low: number | null
  high: number | null
  mean: number | null
  /** The lowest and the highest stock; null also if only prices are known of some of its time. */
  itemsInStock: { low: number | null; high: number | null }
}

/** The change from a price to another one. */
export function changeOf(first: number | null, last: number | null): PriceChange {
  if (first === null || last === null) return { absolute: null, percent: null }
  const absolute = last - first
  return { absolute, percent: first === 0 ? null : quotient2(absolute * 100, first) }
}

const lowest = (a: number | null, b: number | null) =>
  a === null || b === null ? (a ?? b) : Math.min(a, b)

const highest = (a: number | null, b: number | null) =>
  a === null || b === null ? (a ?? b) : Math.max(a, b)

/** Whether only prices are known: the stock of hours that an earlier version rolled up was not kept. */
const lacksStock = ({ low, stockLow }: Segment) => low !== null && stockLow === null

/** Extends a summary by the segment that follows it. */
function extend(summary: Segment, next: Segment): void {
  const isKnown = !lacksStock(summary) && !lacksStock(next)
  summary.stockLow = isKnown ? lowest(summary.stockLow, next.stockLow) : null
  summary.stockHigh = isKnown ? highest(summary.stockHigh, next.stockHigh) : null
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

function meanOf({ low, high, excess, onSaleMs, close }: Segment): number | null {
  if (low === null || high === null || onSaleMs === 0) return close
  return Math.min(high, plusQuotient2(low, excess, onSaleMs))
}

/** Change, low, high and mean over all segments. */
export function figuresOf(segments: Segment[]): TrendFigures {
  const [first, ...rest] = segments
  if (!first) return { change: changeOf(null, null), low: null, high: null, mean: null }
  const all = { ...first }
  for (const segment of rest) extend(all, segment)
  return { change: changeOf(all.open, all.close), low: all.low, high: all.high, mean: meanOf(all) }
}

/**
 * The points at which price or stock changed, starting with the beginning of the first segment. An hour that
 * is only kept as a summary gives one point, with its closing state.
 */
export const pointsOf = (segments: Segment[]): PricePoint[] =>
  shownPoints(segments, (at, price, itemsInStock) => ({ at, price, itemsInStock }))

/** The same points, each made by `show`: a trend has thousands, so none is made twice. */
export function shownPoints<Shown>(
  segments: Segment[],
  show: (at: number, price: number | null, itemsInStock: number | null) => Shown,
): Shown[] {
  const points: Shown[] = []
  let before: Segment | undefined
  for (const segment of segments) {
    const price = priceAtEnd(segment)
    const { from, itemsInStock } = segment
    const same = before && priceAtEnd(before) === price && before.itemsInStock === itemsInStock
    before = segment
    if (!same) points.push(show(from, price, itemsInStock))
  }
  return points
}

/** Collects `items`, each converted for the answer. Throws `TooManyPoints` if there are too many. */
export function upToMaxPoints<T, Shown>(items: Iterable<T>, show: (item: T) => Shown): Shown[] {
  const list: Shown[] = []
  for (const item of items) {
    if (list.push(show(item)) > MAX_POINTS) throw new TooManyPoints()
  }
  return list
}

/** The same points. Throws `TooManyPoints` if there are too many. */
export function atMostMaxPoints<T>(points: T[]): T[] {
  if (points.length > MAX_POINTS) throw new TooManyPoints()
  return points
}

/** Summarises each interval from the first segment to the last. */
export function* bucketsOf(segments: Segment[], intervalMs: number): Generator<Bucket> {
  let summary: Segment | undefined
  for (const piece of piecesOf(segments, intervalMs)) {
    if (summary && floorTo(summary.from, intervalMs) === floorTo(piece.from, intervalMs)) {
      extend(summary, piece)
    } else {
      if (summary) yield bucketOf(summary, intervalMs)
      summary = { ...piece }
    }
  }
  if (summary) yield bucketOf(summary, intervalMs)
}

/** The segments, split at interval boundaries. */
function* piecesOf(segments: Segment[], intervalMs: number): Generator<Segment> {
  for (const segment of segments) {
    let from = segment.from
    do {
      const next = floorTo(from, intervalMs) + intervalMs
      yield clipped(segment, from, Math.min(segment.until, next))
      from = next
    } while (from < segment.until)
  }
}

function bucketOf(summary: Segment, intervalMs: number): Bucket {
  const { open, close, low, high, stockLow, stockHigh } = summary
  const at = floorTo(summary.from, intervalMs)
  const itemsInStock = { low: stockLow, high: stockHigh }
  return { at, open, close, low, high, mean: meanOf(summary), itemsInStock }
}
