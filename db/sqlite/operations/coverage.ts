import type { Database } from 'better-sqlite3'
import type { Span } from '../../../history/coverage.ts'

/** A product that is polled, with the runs of its polls that are not closed yet. */
interface Polled {
  checkedAt: number | null
  coveredSince: number | null
  rolledUntil: number | null
  failingSince: number | null
  failedAt: number | null
}

/**
 * Writes when polls went well and when they failed, as runs. A run of good polls ends with a failed
 * one, with a pause of all polls, with a clock that steps back, or when none came for `gapMs`. The last run
 * is kept beside the product, where each poll writes anyway, and becomes a row when the next one begins.
 */
export function coverageLog(db: Database, gapMs: number) {
  const selectOpen = db.prepare<[number], Polled>(
    `SELECT checked_at AS checkedAt, covered_since AS coveredSince, failing_since AS failingSince,
       failed_at AS failedAt, rolled_until AS rolledUntil
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

  /** The last pause; every poll looks at it. */
  let pause = db.prepare<[], Span>('SELECT since, until FROM pauses WHERE key = 1').get()

  /** Since when all could be polled, as of `at`: no run of good polls goes back to before that. */
  const pollableSince = (at: number) => (pause && pause.since < at ? pause.until : 0)

  /** Runs of good polls never overlap, also where the clock was put back into the middle of one. */
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

    /** Nothing is polled for a time. */
    pause(span: Span): void {
      setPause.run(span)
      pause = span // Also where the transaction fails: it is true all the same.
    },

    /** Counts a good poll and gives when its run began; undefined where the product is gone. */
    extend(key: number, at: number): (Pick<Polled, 'rolledUntil'> & { since: number }) | undefined {
      const open = selectOpen.get(key)
      if (!open) return undefined
      const { checkedAt, coveredSince, failingSince, failedAt, rolledUntil } = open
      const gap = checkedAt === null ? Number.NaN : at - checkedAt
      const isPollable = checkedAt !== null && checkedAt >= pollableSince(at)
      const goesOn = failingSince === null && isPollable && gap >= 0 && gap <= gapMs
      if (coveredSince !== null && goesOn) return { since: coveredSince, rolledUntil }
      if (coveredSince !== null && checkedAt !== null) {
        addGood(key, { since: coveredSince, until: checkedAt })
      }
      if (failingSince !== null) insertFailed.run(key, failingSince, failedAt)
      return { since: at, rolledUntil }
    },
  }
}
