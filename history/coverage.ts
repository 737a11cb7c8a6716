/** A run of polls that went well: nothing between them can have escaped for longer than an interval. */
export interface Span {
  /** Its first poll and its last one, epoch ms. */
  since: number
  until: number
}

/** A part of a window in which nobody looked, epoch ms; at its ends somebody may have. */
export interface Gap {
  from: number
  to: number
}

/** A chart cannot show what is shorter than its window divided by this. */
const CHART_PARTS = 1_000

/**
 * The gaps that the spans leave in the window, in time order. The spans come in order of `since` and
 * may overlap. A single poll parts two gaps; a window without length has none.
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

/** Of the gaps in a window those of a thousandth of it or more, so that there are 1,000 at most. */
export function visible(gaps: Gap[], from: number, to: number): Gap[] {
  return gaps.filter((gap) => (gap.to - gap.from) * CHART_PARTS >= to - from)
}

/**
 * The share of the window, 0 to 1, that lies in the spans, which are as for `gapsOf`. A window without
 * length is covered where a span touches it.
 */
export function coverageOf(spans: Span[], from: number, to: number): number {
  if (from === to) return spans.some(({ since, until }) => since <= to && until >= from) ? 1 : 0
  const missed = gapsOf(spans, from, to).reduce((sum, gap) => sum + gap.to - gap.from, 0)
  return (to - from - missed) / (to - from)
}
