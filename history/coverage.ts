/** A run of successful polls, in which no change can have gone unseen for longer than an interval. */
export interface Span {
  /** Its first poll and its last one, epoch ms. */
  since: number
  until: number
}

/** A part of a window without successful polls, epoch ms; there may be polls at its very ends. */
export interface Gap {
  from: number
  to: number
}

/** A chart cannot show gaps shorter than its window divided by this. */
const CHART_PARTS = 1_000

/**
 * The gaps between the spans in the window, in time order. The spans must be ordered by `since` and may
 * overlap. A single poll separates two gaps; an empty window has none.
 */
export function gapsOf(spans: Span[], from: number, to: number): Gap[] {
  const gaps: Gap[] = []
  let reached = from
  for (const { since, until } of spans) {
    if (since >= to) break
    if (since > reached) gaps.push({ from: reached, to: since })
    reached = Math.max(reached, until)
  }
  if (reached < to) gaps.push({ from: reached, to })
  return gaps
}

/** The gaps that last at least a thousandth of the window, so that there are at most 1,000. */
export function visible(gaps: Gap[], from: number, to: number): Gap[] {
  return gaps.filter((gap) => (gap.to - gap.from) * CHART_PARTS >= to - from)
}

/**
 * The share of the window, 0 to 1, that lies in the spans, which are as for `gapsOf`. An empty window is
 * covered if a span touches it.
 */
export function coverageOf(spans: Span[], from: number, to: number): number {
  if (from === to) return spans.some(({ since, until }) => since <= to && until >= from) ? 1 : 0
  const missed = gapsOf(spans, from, to).reduce((sum, gap) => sum + gap.to - gap.from, 0)
  return (to - from - missed) / (to - from)
}
