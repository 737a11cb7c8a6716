import { hoursOf } from '../../history/rollup.ts'
import { ceilTo, DAY_MS, HOUR_MS } from '../../history/time.ts'
import { historyReader } from '../encoding/history-reader.ts'
import { mergeDays } from '../encoding/hours.ts'
import { FURTHEST_BEHIND, isRetained } from '../retained.ts'
import type { Compaction } from '../store.ts'
import { alone } from './compaction-lock.ts'
import { statement } from './connection.ts'
import { ExtremesCompletion } from './extremes.ts'
import type { GroupCommit, Transaction } from './group-commit.ts'
import { type DayOfSeries, loadHistory } from './history/loaded.ts'
import { hasOldKeys, sweepKeys } from './operations/idempotency.ts'
import { lockKeys, readLocked } from './operations/locks.ts'
import type { Queryable } from './reader.ts'

/** The maximum number of chunks to roll up or delete in one step: some milliseconds of work. */
const CHUNKS_PER_STEP = 32
const DELETIONS_PER_STEP = 128

/** The maximum number of changes to delete, and of products to check for old polls, in one step. */
const CHANGES_PER_STEP = 2_000
const PRODUCTS_PER_STEP = 500

const selectToRollUp = statement<{ key: number }>(
  'compact-next',
  `SELECT product_key AS key FROM polls WHERE rolled_until IS NOT NULL AND rolled_until < $1
   ORDER BY rolled_until LIMIT 1`,
)

// The last chunk is never deleted, however old, because it has the current state. Nor is the rest of the hour in which
// it begins, which may have to be rolled up again: see `rollUp`.
const KEPT_FROM = `(SELECT max(since) / ${HOUR_MS} * ${HOUR_MS} FROM history AS last
  WHERE last.product_key = polls.product_key)`

const selectWithPolls = statement<{ key: number; hasPolls: boolean }>(
  'compact-old',
  `SELECT polls.product_key AS key, coalesce((
     SELECT until < least($1, rolled_until, ${KEPT_FROM}) FROM history
     WHERE history.product_key = polls.product_key ORDER BY since LIMIT 1), false) AS "hasPolls"
   FROM polls WHERE product_key > $2 ORDER BY product_key LIMIT ${PRODUCTS_PER_STEP}`,
)

const selectRolledUntil = statement<{ rolledUntil: number | null }>(
  'compact-rolled',
  'SELECT rolled_until AS "rolledUntil" FROM polls WHERE product_key = ANY($1::bigint[])',
)

const selectSince = statement<{ since: number }>(
  'compact-since',
  `SELECT since FROM history WHERE product_key = $1 AND since >= $2
   ORDER BY since LIMIT 1 OFFSET ${CHUNKS_PER_STEP}`,
)

const selectDays = statement<DayOfSeries>(
  'compact-days',
  `SELECT series, day, hours, stocks FROM rollups
   WHERE product_key = $1 AND day BETWEEN $2 AND $3`,
)

const setDays = statement(
  'compact-days-write',
  `INSERT INTO rollups (product_key, series, day, hours, stocks)
   SELECT $1, * FROM unnest($2::integer[], $3::integer[], $4::bytea[], $5::bytea[])
   ON CONFLICT (product_key, series, day)
     DO UPDATE SET hours = excluded.hours, stocks = excluded.stocks`,
)

const setRolledUntil = statement(
  'compact-rolled-write',
  'UPDATE polls SET rolled_until = $2 WHERE product_key = $1',
)

const deleteChunks = statement<{ since: number }>(
  'compact-delete',
  `DELETE FROM history USING polls WHERE polls.product_key = $1 AND history.product_key = $1
     AND since IN (SELECT since FROM history AS old WHERE old.product_key = $1
       AND until < least($2, ${KEPT_FROM}) ORDER BY since LIMIT ${DELETIONS_PER_STEP})
   RETURNING since`,
)

const selectOldest = statement<{ seq: number; at: number; furthestBehind: number | null }>(
  'compact-oldest',
  `SELECT seq, at, ${FURTHEST_BEHIND} AS "furthestBehind" FROM changes WHERE at <= $1 ORDER BY seq LIMIT ${CHANGES_PER_STEP}`,
)

const dropChanges = statement(
  'compact-changes',
  `WITH forgotten AS (DELETE FROM deleted_products WHERE seq <= $1)
   DELETE FROM changes WHERE seq <= $1`,
)

/** Rolls up the time from `from`, a full hour, to `until`. Nothing after that is rolled up yet. */
async function rollUp(
  transaction: Transaction,
  key: number,
  from: number,
  until: number,
): Promise<void> {
  const { query } = transaction
  const history = await loadHistory(transaction, key, { from: from - 1, last: until - 1 }, 0)
  const hours = hoursOf(historyReader(history).cursor(key, from - 1, until - 1))
  const days = [Math.floor((from - 1) / DAY_MS), Math.floor(until / DAY_MS)]
  const stored = new Map<string, DayOfSeries>()
  for (const row of await query(selectDays, [key, ...days])) {
    stored.set(`${row.series} ${row.day}`, row)
  }
  const written = [...hours].flatMap(([series, all]) =>
    mergeDays(all, from, (day) => stored.get(`${series} ${day}`)).map(([day, hours, stocks]) => {
      return { series, day, hours, stocks }
    }),
  )
  await query(setDays, [
    key,
    written.map(({ series }) => series),
    written.map(({ day }) => day),
    written.map(({ hours }) => hours),
    written.map(({ stocks }) => stocks),
  ])
  await query(setRolledUntil, [key, until])
}

/**
 * Rolls the history of a product up to `rollBefore`, a full hour, and then deletes what is from before
 * `rawBefore`.
 */
const compactHistory = (key: number, { rollBefore, rawBefore }: Compaction) =>
  alone(async (transaction) => {
    const { query } = transaction
    // Settling a poll at the same time reads and writes the same rows.
    const [row] = await readLocked(transaction, lockKeys, selectRolledUntil, [key])
    const from = row?.rolledUntil
    if (from === undefined || from === null) return false
    if (from < rollBefore) {
      const [beyond] = await query(selectSince, [key, from])
      const until = ceilTo((beyond?.since ?? rollBefore) + 1, HOUR_MS)
      await rollUp(transaction, key, from, Math.min(rollBefore, until))
      return true
    }
    const deleted = await query(deleteChunks, [key, Math.min(rawBefore, from)])
    return deleted.length === DELETIONS_PER_STEP
  })

/** The oldest changes of the feed that need not be kept, up to a limit. */
async function expiredChanges(db: Queryable, before: number, now: number): Promise<number[]> {
  const oldest = await db.query(selectOldest, [now])
  const kept = oldest.findIndex((change) => isRetained(change, before, change.furthestBehind))
  return (kept < 0 ? oldest : oldest.slice(0, kept)).map(({ seq }) => seq)
}

/**
 * Deletes the changes before a time from the feed, up to the first that is kept, because the feed has no gaps. A change
 * dated in the future is deleted together with the one after it.
 */
const compactChanges = (before: number, now: number) =>
  alone(async (transaction) => {
    const { query, feed } = transaction
    const last = await expiredChanges(transaction, before, now)
    /* c8 ignore next -- another instance has deleted them since they were found, which no test can time */
    if (last.length === 0) return false
    feed.compactedSeq = Math.max(feed.compactedSeq, ...last)
    await query(dropChanges, [Math.max(...last)])
    return true
  })

/** Deletes expired idempotency keys. */
const sweepOldKeys = (now: number) => alone((transaction) => sweepKeys(transaction, now))

/** Does the work that keeps the database small, one step at a time. The kinds of work take turns. */
export class Compactor {
  readonly #db: Queryable
  readonly #writer: GroupCommit
  readonly #clock: () => number
  readonly #extremes: ExtremesCompletion
  readonly #works: ((compaction: Compaction) => Promise<boolean>)[] = [
    (compaction) => this.#compactChanges(compaction),
    (compaction) => this.#compactHistory(compaction),
    () => this.#sweepKeys(),
    () => this.#extremes.step(),
  ]
  #turn = 0
  /** The product whose history is being compacted. */
  #product: number | undefined
  /** The `rawBefore` for which products were last searched. */
  #lookedBefore = Number.NEGATIVE_INFINITY
  /** The last product that was searched; undefined once all were. */
  #looked: number | undefined

  constructor(db: Queryable, writer: GroupCommit, clock: () => number) {
    this.#db = db
    this.#writer = writer
    this.#clock = clock
    this.#extremes = new ExtremesCompletion(writer, clock)
  }

  /** Does a step. Returns whether there was one to do. */
  async step(compaction: Compaction): Promise<boolean> {
    for (let tried = 0; tried < this.#works.length; tried++) {
      const work = this.#works[this.#turn++ % this.#works.length]
      if (await work?.(compaction)) return true
    }
    return false
  }

  async #sweepKeys(): Promise<boolean> {
    const now = this.#clock()
    if (!(await hasOldKeys(this.#db, now))) return false
    return (await this.#writer.call(sweepOldKeys(now))) === true
  }

  async #compactChanges({ changesBefore }: Compaction): Promise<boolean> {
    const now = this.#clock()
    const expired = await expiredChanges(this.#db, changesBefore, now)
    if (expired.length === 0) return false // Without work, no transaction begins.
    const compacted = await this.#writer.call(compactChanges(changesBefore, now))
    return compacted === true
  }

  async #compactHistory(compaction: Compaction): Promise<boolean> {
    if (this.#product === undefined) {
      const [next] = await this.#db.query(selectToRollUp, [compaction.rollBefore])
      this.#product = next?.key
    }
    if (this.#product === undefined && !(await this.#lookForOldPolls(compaction.rawBefore))) {
      return false
    }
    if (this.#product === undefined) return true
    const isMore = await this.#writer.call(compactHistory(this.#product, compaction))
    if (!isMore) this.#product = undefined
    return isMore !== undefined
  }

  /**
   * Searches for a product with polls that are too old to keep. Returns whether a search was due. Old polls are
   * normally deleted when a product is rolled up. This finds those that are left because the retention was
   * shortened afterwards.
   */
  async #lookForOldPolls(rawBefore: number): Promise<boolean> {
    if (Math.abs(rawBefore - this.#lookedBefore) >= DAY_MS) {
      this.#lookedBefore = rawBefore
      this.#looked = 0
    }
    if (this.#looked === undefined) return false
    const rows = await this.#db.query(selectWithPolls, [rawBefore, this.#looked])
    const found = rows.find(({ hasPolls }) => hasPolls)?.key
    this.#product = found
    this.#looked = found ?? rows.at(-1)?.key
    return true
  }
}
