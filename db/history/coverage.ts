import type { Span } from '../../history/coverage.ts'
import type { HistorySource } from './source.ts'

/** Reads when a product was polled with success. */
export function coverageReader(source: HistorySource) {
  return {
    /** The time of the first good poll; null before that. */
    first: (key: number): number | null => source.firstCovered(key),

    /** The runs of good polls that touch a window up to the present, in order. */
    runs: (key: number, from: number, to: number, now: number): Span[] =>
      source
        .runs(key, { from, to: Math.min(to, now), now })
        // A clock that was set back leaves runs in the future, and the last one begins before them.
        .map(({ since, until }) => ({ since, until: Math.min(until, now) }))
        .sort((a, b) => a.since - b.since),
  }
}

export type CoverageReader = ReturnType<typeof coverageReader>
