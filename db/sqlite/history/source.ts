import type { Database } from 'better-sqlite3'
import type { Span } from '../../../history/coverage.ts'
import type { SeenOffer } from '../../encoding/history-reader.ts'
import type { HistorySource } from '../../history/source.ts'
import { historyRows } from './rows.ts'

const OFFER = 'SELECT number, id, first_seen_at AS firstSeenAt FROM offers WHERE product_key = ?'

/**
 * Fetches what the main thread reads of the history. The last run of successful polls ends when none follows within
 * `gapMs`.
 */
export function historySource(db: Database, gapMs: number): HistorySource {
  const selectOffer = db.prepare<[number, number], SeenOffer>(`${OFFER} AND number = ?`)
  const selectOfferById = db.prepare<[number, string], SeenOffer>(`${OFFER} AND id = ?`)
  const selectFirst = db
    .prepare<[number], number | null>(
      // If the clock was put back, the start of the current run may be earlier than all others.
      `SELECT min(covered_since, coalesce((SELECT min(since) FROM coverage
         WHERE product_key = refreshes.product_key AND good), covered_since))
       FROM refreshes WHERE product_key = ?`,
    )
    .pluck()
  const selectRuns = db.prepare<{ key: number; from: number; to: number; now: number }, Span>(
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
  const selectLastChange = db
    .prepare<[number], number>(
      'SELECT until FROM history WHERE product_key = ? ORDER BY since DESC LIMIT 1',
    )
    .pluck()
  const selectKnownUntil = db
    .prepare<{ key: number; at: number }, number | null>(
      `SELECT min(@at, max(until)) FROM (
         SELECT until FROM (SELECT until FROM coverage
           WHERE product_key = @key AND since <= @at AND good ORDER BY since DESC LIMIT 1)
         UNION ALL
         SELECT checked_at FROM refreshes WHERE product_key = @key AND covered_since <= @at)`,
    )
    .pluck()

  return {
    ...historyRows(db),
    offer: (key, number) => selectOffer.get(key, number),
    offerById: (key, id) => selectOfferById.get(key, id),
    firstCovered: (key) => selectFirst.get(key) ?? null,
    runs: (key, window) => selectRuns.all({ key, ...window }),
    lastChange: (key) => selectLastChange.get(key),
    knownUntil: (key, at) => selectKnownUntil.get({ key, at }) ?? null,
  }
}
