import type { Database } from 'better-sqlite3'
import type { Span } from '../../../history/coverage.ts'

/**
 * Reads when a product was polled with success. The last run of good polls counts up to the present,
 * unless polls fail or are paused, or none came for `gapMs`.
 */
export function coverageReader(db: Database, gapMs: number) {
  const select = db.prepare<{ key: number; from: number; to: number; now: number }, Span>(
    `SELECT since, until FROM coverage
     WHERE product_key = @key AND since <= @to AND since >= coalesce(
       (SELECT max(since) FROM coverage WHERE product_key = @key AND since <= @from AND good), @from)
       AND good AND until >= @from
     UNION ALL
     SELECT since, until FROM (
       SELECT covered_since AS since,
         iif(failing_since IS NULL AND @now - checked_at BETWEEN 0 AND ${gapMs}
           AND NOT EXISTS (SELECT 1 FROM pauses
             WHERE key = 1 AND pauses.until > checked_at AND pauses.since < @now),
           @now, checked_at) AS until
       FROM refreshes WHERE product_key = @key AND covered_since IS NOT NULL)
     WHERE since <= @to AND until >= @from`,
  )
  const selectFirst = db
    .prepare<[number], number | null>(
      // Where the clock was put back, the present run may have begun before all others.
      `SELECT min(covered_since, coalesce((SELECT min(since) FROM coverage
         WHERE product_key = refreshes.product_key AND good), covered_since))
       FROM refreshes WHERE product_key = ?`,
    )
    .pluck()

  return {
    /** When the first good poll was; null before that. */
    first: (key: number): number | null => selectFirst.get(key) ?? null,

    /** The runs of good polls that touch a window up to the present, in order. */
    runs: (key: number, from: number, to: number, now: number): Span[] =>
      select
        .all({ key, from, to: Math.min(to, now), now })
        // A clock that was put back leaves runs in the future, and the present one begins before them.
        .map(({ since, until }) => ({ since, until: Math.min(until, now) }))
        .sort((a, b) => a.since - b.since),
  }
}

export type CoverageReader = ReturnType<typeof coverageReader>
