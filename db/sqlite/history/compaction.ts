import type { Database } from 'better-sqlite3'
import { HOUR_MS } from '../../../history/time.ts'
import { keptSpan } from '../../idempotency.ts'
import { FURTHEST_BEHIND, isRetained } from '../../retained.ts'
import { extremesRows } from './extremes.ts'

/** The number of products to search per step: some milliseconds of work. */
const PRODUCTS_PER_STEP = 500

/** Free pages are released if they are more than this share of the file, and more than this number. */
const FREE_SHARE = 1 / 16
const FREE_PAGES = 256

/** The hour in which the last chunk of a history begins. Only chunks that end before it may be deleted. */
export const KEPT_FROM = `(SELECT max(since) / ${HOUR_MS} * ${HOUR_MS} FROM history
  WHERE product_key = @key)`

/** Finds what there is to compact. */
export function compactionReader(db: Database) {
  const selectToRollUp = db
    .prepare<[number, number], number>(
      `SELECT product_key FROM refreshes WHERE rolled_until IS NOT NULL AND rolled_until < ?
       ORDER BY rolled_until LIMIT ?`,
    )
    .pluck()
  const selectRolled = db.prepare<[number], { key: number; rolledUntil: number | null }>(
    `SELECT product_key AS key, rolled_until AS rolledUntil FROM refreshes WHERE product_key > ?
     ORDER BY product_key LIMIT ${PRODUCTS_PER_STEP}`,
  )
  const selectHasPolls = db
    .prepare<{ key: number; before: number }, number>(
      `SELECT until < min(@before, ${KEPT_FROM}) FROM history
       WHERE product_key = @key ORDER BY since LIMIT 1`,
    )
    .pluck()
  const selectFirstChange = db.prepare<
    [number],
    { seq: number; at: number; furthestBehind: number | null }
  >(
    `SELECT seq, at, ${FURTHEST_BEHIND} AS furthestBehind FROM changes WHERE at <= ?
     ORDER BY seq LIMIT 1`,
  )

  const selectOldKey = db
    .prepare<{ since: number; until: number }, number>(
      `SELECT EXISTS (SELECT 1 FROM idempotency_keys WHERE at < @since)
         OR EXISTS (SELECT 1 FROM idempotency_keys WHERE at > @until)`,
    )
    .pluck()

  // One index lookup per segment; `count(DISTINCT segid)` would read the whole table.
  const selectSegments = db
    .prepare<[], number>(
      `WITH RECURSIVE segments (id) AS (
         SELECT min(segid) FROM products_fts_idx UNION ALL
         SELECT (SELECT min(segid) FROM products_fts_idx WHERE segid > id) FROM segments
         WHERE id IS NOT NULL)
       SELECT count(id) FROM segments`,
    )
    .pluck()

  /** Also true if the polls cannot be read, so that the attempt to delete them reports the error. */
  function hasPolls(key: number, before: number): boolean {
    try {
      return selectHasPolls.get({ key, before }) === 1
    } catch {
      return true
    }
  }

  return {
    productWithoutExtremes: extremesRows(db).incompleteAfter,

    /** An undamaged product with history before this time that is not rolled up. */
    productToRollUp: (rollBefore: number, damaged: ReadonlySet<number>) =>
      selectToRollUp.all(rollBefore, damaged.size + 1).find((key) => !damaged.has(key)),

    /**
     * The first product after a key with rolled-up polls from before `rawBefore`, and the last product that was
     * searched. Undefined if there is none.
     */
    productWithPolls(rawBefore: number, after: number, damaged: ReadonlySet<number>) {
      const rows = selectRolled.all(after)
      const found = rows.find(({ key, rolledUntil }) => {
        if (damaged.has(key)) return false
        const before = Math.min(rawBefore, rolledUntil ?? 0)
        return hasPolls(key, before)
      })
      return { product: found?.key, last: rows.at(-1)?.key }
    },

    /**
     * Whether the feed has changes from before a time that need not be kept. Changes dated in the future do not count:
     * they were written before the clock was put back, so their age is unknown.
     */
    hasChanges(before: number, now: number): boolean {
      const first = selectFirstChange.get(now)
      return first !== undefined && !isRetained(first, before, first.furthestBehind)
    },

    /** Whether there are expired idempotency keys. */
    hasOldKeys: (now: number) => selectOldKey.get(keptSpan(now)) === 1,

    /** The number of segments of the full-text index. */
    segments: () => Number(selectSegments.get()),

    hasFreePages(): boolean {
      const all = Number(db.pragma('page_count', { simple: true }))
      const free = Number(db.pragma('freelist_count', { simple: true }))
      return free > Math.max(FREE_PAGES, all * FREE_SHARE)
    },
  }
}

export type CompactionReader = ReturnType<typeof compactionReader>
