import type { Database } from 'better-sqlite3'
import { hoursOf } from '../../../history/rollup.ts'
import { ceilTo, HOUR_MS } from '../../../history/time.ts'
import { historyReader } from '../../encoding/history-reader.ts'
import { mergeDays } from '../../encoding/hours.ts'
import { FURTHEST_BEHIND, isRetained } from '../../retained.ts'
import { KEPT_FROM } from '../history/compaction.ts'
import { historyRows } from '../history/rows.ts'

/** The number of chunks of a product's history to roll up, and to delete, per step: some milliseconds. */
const CHUNKS_PER_STEP = 32
const DELETIONS_PER_STEP = 128

/** The number of rows of the change feed to delete per step. */
const CHANGES_PER_STEP = 2_000

/** The number of pages of the full-text index to write per step. */
const MERGED_PAGES_PER_STEP = 64

/** The number of pages of 4 KiB to release per step. */
const PAGES_PER_STEP = 256

/**
 * Keeps the database small. Each operation is a step of some milliseconds, so that no write waits long for it. Those
 * that return a boolean say whether there is more to do.
 */
export function retentionOperations(db: Database) {
  const reader = historyReader(historyRows(db))
  const selectRolledUntil = db
    .prepare<[number], number | null>('SELECT rolled_until FROM refreshes WHERE product_key = ?')
    .pluck()
  const selectSince = db
    .prepare<[number, number, number], number>(
      `SELECT since FROM history WHERE product_key = ? AND since >= ?
       ORDER BY since LIMIT 1 OFFSET ?`,
    )
    .pluck()
  const selectHours = db.prepare<
    [number, number, number],
    { hours: Buffer; stocks: Buffer | null }
  >('SELECT hours, stocks FROM rollups WHERE product_key = ? AND series = ? AND day = ?')
  const setHours = db.prepare(
    `INSERT INTO rollups (product_key, series, day, hours, stocks) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET hours = excluded.hours, stocks = excluded.stocks`,
  )
  const setRolledUntil = db.prepare('UPDATE refreshes SET rolled_until = ? WHERE product_key = ?')
  // The last chunk is never deleted, however old, because it has the current state. Nor is the rest of the hour in
  // which it begins, which may have to be rolled up again: see `mergeDays`.
  const deleteChunks = db.prepare(
    `DELETE FROM history WHERE product_key = @key AND since IN (
       SELECT since FROM history WHERE product_key = @key AND until < min(@before, ${KEPT_FROM})
       ORDER BY since LIMIT ${DELETIONS_PER_STEP})`,
  )
  const selectFurthestBehind = db.prepare<[], number | null>(`SELECT ${FURTHEST_BEHIND}`).pluck()
  const selectOldest = db.prepare<[number], { seq: number; at: number }>(
    `SELECT seq, at FROM changes WHERE at <= ? ORDER BY seq LIMIT ${CHANGES_PER_STEP}`,
  )
  const setCompacted = db.prepare('UPDATE totals SET compacted_seq = max(compacted_seq, ?)')
  const deleteChanges = db.prepare(
    'DELETE FROM changes WHERE seq <= (SELECT compacted_seq FROM totals)',
  )
  const forgetDeleted = db.prepare(
    'DELETE FROM deleted_products WHERE seq <= (SELECT compacted_seq FROM totals)',
  )
  const merge = db.prepare("INSERT INTO products_fts (products_fts, rank) VALUES ('merge', ?)")
  const selectTotalChanges = db.prepare<[], number>('SELECT total_changes()').pluck()

  /** Rolls up the time from `from`, a full hour, to `until`. Nothing after that is rolled up yet. */
  function rollUp(key: number, from: number, until: number): void {
    for (const [series, hours] of hoursOf(reader.cursor(key, from - 1, until - 1))) {
      const stored = (day: number) => selectHours.get(key, series, day)
      for (const row of mergeDays(hours, from, stored)) setHours.run(key, series, ...row)
    }
    setRolledUntil.run(until, key)
  }

  return {
    /**
     * Rolls up the history of a product until `rollBefore`, a full hour, and then deletes what is older than
     * `deleteBefore`.
     */
    compactHistory(input: { key: number; rollBefore: number; deleteBefore: number }): boolean {
      const { key, rollBefore, deleteBefore } = input
      const from = selectRolledUntil.get(key)
      if (from === undefined || from === null) return false
      if (from < rollBefore) {
        const beyond = selectSince.get(key, from, CHUNKS_PER_STEP) ?? rollBefore
        rollUp(key, from, Math.min(rollBefore, ceilTo(beyond + 1, HOUR_MS)))
        return true
      }
      const before = Math.min(deleteBefore, from)
      return deleteChunks.run({ key, before }).changes === DELETIONS_PER_STEP
    },

    /**
     * Deletes the changes before the time `before` from the feed, up to the first that is kept, because the feed has no
     * gaps. A change dated in the future is deleted together with the one after it.
     */
    compactChanges({ before, now }: { before: number; now: number }): void {
      const oldest = selectOldest.all(now)
      const furthestBehind = selectFurthestBehind.get() ?? null
      const kept = oldest.findIndex((change) => isRetained(change, before, furthestBehind))
      const old = kept < 0 ? oldest : oldest.slice(0, kept)
      setCompacted.run(Math.max(0, ...old.map(({ seq }) => seq)))
      forgetDeleted.run()
      deleteChanges.run()
    },

    /** Merges segments of the full-text index of about the same size. */
    mergeSegments(): boolean {
      const before = Number(selectTotalChanges.get())
      merge.run(MERGED_PAGES_PER_STEP)
      // The documented way to detect that there was nothing to merge: https://www.sqlite.org/fts5.html#the_merge_command
      return Number(selectTotalChanges.get()) - before > 1
    },

    /** Returns unused pages to the file system. */
    releasePages(): void {
      db.pragma(`incremental_vacuum(${PAGES_PER_STEP})`)
    },
  }
}
