/** Completes the all-time extremes of products that an earlier version wrote. It may still run next to this one. */
import { DAY_MS } from '../../history/time.ts'
import { extremesRow } from '../encoding/extremes.ts'
import { historyReader } from '../encoding/history-reader.ts'
import { extremesReader } from '../history/statistics.ts'
import { alone } from './compaction-lock.ts'
import { statement } from './connection.ts'
import type { GroupCommit, Transaction } from './group-commit.ts'
import { CHANGED_AT, loadMissing, selectExtremes } from './history/lowest-history.ts'

/** The number of products to check per step. */
const PRODUCTS_PER_STEP = 500

const selectBehind = statement<{ key: number; behind: boolean }>(
  'extremes-behind',
  `SELECT product_key AS key, extremes_until IS DISTINCT FROM ${CHANGED_AT} AS behind
   FROM listings WHERE product_key > $1 ORDER BY product_key LIMIT ${PRODUCTS_PER_STEP}`,
)

// A statement of its own, so that the next one sees what others committed while this one waited for the lock.
const lock = statement('extremes-lock', 'SELECT FROM products WHERE key = $1 FOR NO KEY UPDATE')

const write = statement(
  'extremes-write',
  `UPDATE listings SET low_price = $2, low_at = $3, high_price = $4, high_at = $5, extremes_until = $6
   WHERE product_key = $1`,
)

/** Computes the extremes of a product over the part of its history that they do not include yet. */
async function complete(transaction: Transaction, key: number): Promise<void> {
  await transaction.query(lock, [key])
  const [row] = await transaction.query(selectExtremes, [key])
  /* c8 ignore next -- the product was deleted since its key was read, which no test can time */
  if (!row) return
  const history = await loadMissing(transaction, key, row)
  const extremes = extremesReader(historyReader(history))(key, row)
  const { lowPrice, lowAt, highPrice, highAt, extremesUntil } = extremesRow(extremes, row.changedAt)
  await transaction.query(write, [key, lowPrice, lowAt, highPrice, highAt, extremesUntil])
}

/** Completes the next product whose extremes are incomplete. Returns the last product that was checked. */
const completeNext = (after: number) =>
  alone(async (transaction) => {
    const rows = await transaction.query(selectBehind, [after])
    const found = rows.find(({ behind }) => behind)?.key
    if (found !== undefined) await complete(transaction, found)
    return { looked: found ?? rows.at(-1)?.key }
  })

/** Checks the whole catalogue after each start and once a day. */
export class ExtremesCompletion {
  readonly #writer: GroupCommit
  readonly #clock: () => number
  #lookedAt = Number.NEGATIVE_INFINITY
  /** The last product that was checked; undefined once all were. */
  #looked: number | undefined

  constructor(writer: GroupCommit, clock: () => number) {
    this.#writer = writer
    this.#clock = clock
  }

  /** Does a step. Returns whether there was one to do. */
  async step(): Promise<boolean> {
    const now = this.#clock()
    if (Math.abs(now - this.#lookedAt) >= DAY_MS) {
      this.#lookedAt = now
      this.#looked = 0
    }
    if (this.#looked === undefined) return false
    const done = await this.#writer.call(completeNext(this.#looked))
    if (!done) return false
    this.#looked = done.looked
    return done.looked !== undefined
  }
}
