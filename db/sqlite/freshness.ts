import type { Database } from 'better-sqlite3'
import { present } from '../present.ts'
import type { Freshness, Totals } from '../store.ts'

interface Counts {
  due: number
  failing: number
  /** Those that wait to be registered again, but were checked since `since`. */
  waiting: number
  /** Those never checked. */
  unchecked: number
  /** Those last checked before `since`. */
  late: number
  /** Those whose last check is in the future, because the clock was put back. */
  ahead: number
  oldestCheckedAt: number | null
}

/** Reads how fresh the products are. */
export function freshnessReader(db: Database) {
  const selectCounts = db.prepare<{ now: number; since: number }, Counts>(
    `SELECT
       (SELECT count(*) FROM refreshes WHERE due_at <= @now) AS due,
       (SELECT count(*) FROM refreshes WHERE failures > 0) AS failing,
       (SELECT count(*) FROM refreshes JOIN products ON key = product_key
        WHERE due_at IS NULL AND checked_at IS NOT NULL AND checked_at BETWEEN @since AND @now
          AND registration = 'pending') AS waiting,
       (SELECT count(*) FROM refreshes
        WHERE due_at IS NOT NULL AND checked_at IS NULL) AS unchecked,
       (SELECT count(*) FROM refreshes WHERE due_at IS NOT NULL AND checked_at < @since) AS late,
       (SELECT count(*) FROM refreshes WHERE due_at IS NOT NULL AND checked_at > @now) AS ahead,
       (SELECT min(checked_at) FROM refreshes
        WHERE due_at IS NOT NULL AND checked_at <= @now) AS oldestCheckedAt`,
  )
  // Products that were never checked come first.
  const selectCheckedAt = db
    .prepare<[number], number | null>(
      `SELECT checked_at FROM refreshes WHERE due_at IS NOT NULL
       ORDER BY checked_at LIMIT 1 OFFSET ?`,
    )
    .pluck()

  return (since: number, now: number, { registered, pending }: Totals): Freshness => {
    const counts = present(selectCounts.get({ since, now }), 'counts of products')
    const { due, failing, waiting, unchecked, late, ahead, oldestCheckedAt } = counts
    // Checks in the future sort last, but their age is unknown, so they count as never checked.
    const place = Math.floor(registered * 0.05) - ahead
    const checkedAt = place < 0 ? null : selectCheckedAt.get(place)
    const polled = registered + pending
    const missed = pending - waiting + unchecked + late + ahead
    return {
      due,
      failing,
      oldestCheckedAt,
      p95AgeMs: checkedAt ? now - checkedAt : null,
      within: polled === 0 ? 1 : 1 - missed / polled,
    }
  }
}
