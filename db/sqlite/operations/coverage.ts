import type { Database } from 'better-sqlite3'
import type { Span } from '../../../history/coverage.ts'
import type { ExtremesRow } from '../../encoding/extremes.ts'
import { EXTREMES } from '../history/extremes.ts'

/** The state of a product's polls, with its open runs. */
interface PolledProduct extends ExtremesRow {
  checkedAt: number | null
  lowestPrice: number | null
  coveredSince: number | null
  rolledUntil: number | null
  failingSince: number | null
  failedAt: number | null
}

/**
 * Records when polls succeeded and failed, as runs. A run of successful polls ends when one fails, when all polling
 * pauses, when the clock steps back, or when none follows within `gapMs`. The open run is stored in `refreshes`, which
 * each poll updates anyway, and becomes a row of `coverage` when the next one begins.
 */
export function coverageLog(db: Database, gapMs: number) {
  const selectOpen = db.prepare<[number], PolledProduct>(
    `SELECT checked_at AS checkedAt, lowest_price AS lowestPrice, covered_since AS coveredSince, failing_since AS failingSince,
       failed_at AS failedAt, rolled_until AS rolledUntil, ${EXTREMES}
     FROM refreshes WHERE product_key = ?`,
  )
  const insertFailed = db.prepare(
    `INSERT INTO coverage (product_key, since, until, good) VALUES (?, ?, ?, 0)
     ON CONFLICT DO NOTHING`,
  )
  const insertGood = db.prepare<[number, number, number]>(
    `INSERT INTO coverage (product_key, since, until, good) VALUES (?, ?, ?, 1)
     ON CONFLICT DO UPDATE SET until = excluded.until, good = 1`,
  )
  const selectTouching = db.prepare<{ key: number } & Span, Span>(
    `SELECT since, until FROM coverage
     WHERE product_key = @key AND since <= @until AND since >= coalesce(
       (SELECT max(since) FROM coverage WHERE product_key = @key AND since <= @since AND good), @since)
       AND good AND until >= @since`,
  )
  const remove = db.prepare('DELETE FROM coverage WHERE product_key = ? AND since = ?')
  const setPause = db.prepare<Span>(
    `INSERT INTO pauses (key, since, until) VALUES (1, @since, @until)
     ON CONFLICT DO UPDATE SET since = excluded.since, until = excluded.until`,
  )

  /** The last pause, in memory because every poll needs it. */
  let pause = db.prepare<[], Span>('SELECT since, until FROM pauses WHERE key = 1').get()

  /** The earliest time at which the run that includes `at` can have begun: the end of the last pause. */
  const pollableSince = (at: number) => (pause && pause.since < at ? pause.until : 0)

  /** Adds a closed run. It is merged with those it touches: they can overlap if the clock was put back. */
  function addGood(key: number, run: Span): void {
    let { since, until } = run
    for (const known of selectTouching.all({ key, ...run })) {
      since = Math.min(since, known.since)
      until = Math.max(until, known.until)
      remove.run(key, known.since)
    }
    insertGood.run(key, since, until)
  }

  return {
    pollableSince,

    /** Records a pause of all polls. */
    pause(span: Span): void {
      setPause.run(span)
      pause = span // Kept even if the transaction fails, because polling did pause.
    },

    /** Records a successful poll. Returns the product and the start of its run; undefined if it was deleted. */
    extend(key: number, at: number): (PolledProduct & { since: number }) | undefined {
      const open = selectOpen.get(key)
      if (!open) return undefined
      const { checkedAt, coveredSince, failingSince, failedAt } = open
      const gap = checkedAt === null ? Number.NaN : at - checkedAt
      const isPollable = checkedAt !== null && checkedAt >= pollableSince(at)
      const continues = failingSince === null && isPollable && gap >= 0 && gap <= gapMs
      if (coveredSince !== null && continues) return { ...open, since: coveredSince }
      if (coveredSince !== null && checkedAt !== null) {
        addGood(key, { since: coveredSince, until: checkedAt })
      }
      if (failingSince !== null) insertFailed.run(key, failingSince, failedAt)
      return { ...open, since: at }
    },
  }
}
