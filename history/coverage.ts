/** A run of polls that went well: nothing between them can have escaped for longer than an interval. */
export interface Span {
  /** Its first poll and its last one, epoch ms. */
  since: number
  until: number
}

/**
 * The share of the window, 0 to 1, that lies in the spans, which come in order of `since` and may
 * overlap. A window without length is covered where a span touches it.
 */
export function coverageOf(spans: Span[], from: number, to: number): number {
  if (from === to) return spans.some(({ since, until }) => since <= to && until >= from) ? 1 : 0
  let covered = 0
  let reached = from
  for (const { since, until } of spans) {
    const begin = Math.max(since, reached)
    const end = Math.min(until, to)
    if (end <= begin) continue
    covered += end - begin
    reached = end
  }
  return covered / (to - from)
}
