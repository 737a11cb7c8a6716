import type { Database } from 'better-sqlite3'

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
 * one, with a clock that steps back, or when none came for `gapMs`. The last run is kept beside the
 * product, where each poll writes anyway, and becomes a row when the next one begins.
 */
export function coverageLog(db: Database, gapMs: number) {
  const selectOpen = db.prepare<[number], Polled>(
    `SELECT checked_at AS checkedAt, covered_since AS coveredSince, failing_since AS failingSince,
       failed_at AS failedAt, rolled_until AS rolledUntil
     FROM refreshes WHERE product_key = ?`,
  )
  const insert = db.prepare(
    `INSERT INTO coverage (product_key, since, until, good) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET until = max(until, excluded.until), good = excluded.good`,
  )

  return {
    /** Counts a good poll and gives when its run began; undefined where the product is gone. */
    extend(
      productKey: number,
      at: number,
    ): (Pick<Polled, 'rolledUntil'> & { since: number }) | undefined {
      const open = selectOpen.get(productKey)
      if (!open) return undefined
      const { checkedAt, coveredSince, failingSince, failedAt, rolledUntil } = open
      const gap = checkedAt === null ? Number.NaN : at - checkedAt
      if (coveredSince !== null && failingSince === null && gap >= 0 && gap <= gapMs) {
        return { since: coveredSince, rolledUntil }
      }
      if (coveredSince !== null) insert.run(productKey, coveredSince, checkedAt, 1)
      if (failingSince !== null) insert.run(productKey, failingSince, failedAt, 0)
      return { since: at, rolledUntil }
    },
  }
}
