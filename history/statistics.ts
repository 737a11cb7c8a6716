/** The figures of a price over a window that ends now. */
import { coverageOf, gapsOf, type Span } from './coverage.ts'
import type { Segment } from './segment.ts'
import { DAY_MS } from './time.ts'
import { figuresOf } from './trend.ts'

/** The windows of the statistics, in ms. */
export const STATS_WINDOWS = {
  '1d': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '90d': 90 * DAY_MS,
  '365d': 365 * DAY_MS,
} as const

export type StatsWindow = keyof typeof STATS_WINDOWS

/** The longest of them. */
export const LONGEST_MS = STATS_WINDOWS['365d']

/** Something of each window, made from its name and length. */
export function perWindow<T>(make: (name: StatsWindow, ms: number) => T): Record<StatsWindow, T> {
  const made = (name: StatsWindow) => make(name, STATS_WINDOWS[name])
  return {
    '1d': made('1d'),
    '7d': made('7d'),
    '30d': made('30d'),
    '90d': made('90d'),
    '365d': made('365d'),
  }
}

/** The parts of the window that lie in the spans, in order and without overlaps. */
function observedParts(spans: Span[], from: number, to: number): Span[] {
  const parts: Span[] = []
  let since = from
  for (const gap of gapsOf(spans, from, to)) {
    if (gap.from > since) parts.push({ since, until: gap.from })
    since = gap.to
  }
  if (to > since) parts.push({ since, until: to })
  return parts
}

/** How long a price was on sale in a part of its segment; within an hour that is spread evenly. */
function onSaleFor({ from, until, onSaleMs }: Segment, ms: number): number {
  return onSaleMs === until - from ? ms : (onSaleMs / (until - from)) * ms
}

/**
 * The share of the observed time of a window, 0 to 1, in which the price was not on sale; null if nothing was
 * observed. Spans are as for `gapsOf`. Before the first segment there was no offer.
 */
export function outOfStockShare(
  segments: readonly Segment[],
  spans: Span[],
  from: number,
  to: number,
): number | null {
  const parts = observedParts(spans, from, to)
  const observedMs = parts.reduce((sum, { since, until }) => sum + until - since, 0)
  if (observedMs === 0) return null
  let onSaleMs = 0
  let next = 0
  for (const segment of segments) {
    for (let part = parts[next]; part && part.since < segment.until; part = parts[next]) {
      const ms = Math.min(part.until, segment.until) - Math.max(part.since, segment.from)
      if (ms > 0) onSaleMs += onSaleFor(segment, ms)
      if (part.until > segment.until) break
      next += 1
    }
  }
  return Math.max(0, observedMs - onSaleMs) / observedMs
}

/** The figures of a window; null where nothing is known. */
export interface WindowFigures {
  low: number | null
  high: number | null
  mean: number | null
  first: number | null
  changePercent: number | null
  outOfStock: number | null
  coverage: number
}

/** The figures of the window from `from` to `to`, from the segments that fill it and the spans that touch it. */
export function windowFigures(
  segments: Segment[],
  spans: Span[],
  from: number,
  to: number,
): WindowFigures {
  const { change, low, high, mean } = figuresOf(segments)
  return {
    ...{ low, high, mean },
    first: segments.find(({ open }) => open !== null)?.open ?? null,
    changePercent: change.percent,
    outOfStock: outOfStockShare(segments, spans, from, to),
    coverage: coverageOf(spans, from, to),
  }
}
