import type { Database } from 'better-sqlite3'
import type { Span } from '../../../history/coverage.ts'
import { floorTo, HOUR_MS } from '../../../history/time.ts'
import { AT_ONCE } from '../../at-once.ts'
import { afterChange } from '../../encoding/extremes.ts'
import type { LiveAlerts } from '../../live-alerts.ts'
import type { KeyedOutcome } from '../../settle.ts'
import { putBackDetector, type Waits } from '../due.ts'
import type { AlertLog } from './alert-log.ts'
import { changeLog } from './changes.ts'
import { coverageLog } from './coverage.ts'
import { offerWriter } from './offers.ts'

/** Assignments that clear the failures of registration, and of polls. */
export const NO_REGISTRATION_FAILURE = `registration_failures = 0, registration_fault = NULL,
  registration_message = NULL, registration_failed_at = NULL`
const NO_POLL_FAILURE = 'failures = 0, fault = NULL, message = NULL'

/** Applies the outcomes of calls to the Offers service, product by product. */
export function refreshOperations(db: Database, staleAfterMs: number, alerts: AlertLog) {
  const applyOffers = offerWriter(db)
  const changes = changeLog(db)
  const coverage = coverageLog(db, staleAfterMs)
  const selectRegistration = db
    .prepare<[number], string>('SELECT registration FROM products WHERE key = ?')
    .pluck()
  const registered = db.prepare(
    `UPDATE products SET registration = 'registered', registration_reason = NULL,
       register_at = NULL, registered_at = @at, ${NO_REGISTRATION_FAILURE}
     WHERE key = @key`,
  )
  const startRefreshes = db.prepare(
    `UPDATE refreshes SET due_at = ${AT_ONCE}, ${NO_POLL_FAILURE} WHERE product_key = @key`,
  )
  const stopRefreshes = db.prepare(
    `UPDATE refreshes SET due_at = NULL, ${NO_POLL_FAILURE}
     WHERE product_key = @key AND (due_at IS NOT NULL OR failures > 0)`,
  )
  const rejected = db.prepare(
    `UPDATE products SET registration = 'rejected', registration_reason = @reason, register_at = NULL,
       registration_failures = registration_failures + 1, registration_fault = 'rejected',
       registration_message = @reason, registration_failed_at = @at
     WHERE key = @key AND version = @version`,
  )
  const registrationFailed = db.prepare(
    `UPDATE products SET register_at = @dueAt, registration_failures = registration_failures + 1,
       registration_fault = @fault, registration_message = @message, registration_failed_at = @at
     WHERE key = @key`,
  )
  const forgotten = db.prepare(
    `UPDATE products SET registration = 'pending', registration_failures = 0, register_at = @dueAt
     WHERE key = @key AND registration = 'registered'`,
  )
  // A product that became pending while its poll was running has no due time, and must not get one.
  const DUE = 'due_at = iif(due_at IS NULL, NULL, ?)'
  const POLLED = `${DUE}, checked_at = ?, failures = 0`
  const RUN = `covered_since = ?, failing_since = NULL, failed_at = NULL, fault = NULL, message = NULL`
  const refreshed = db.prepare(
    `UPDATE refreshes SET ${POLLED}, ${RUN}, offers_count = ?, lowest_price = ?, answer = ?,
       low_price = ?, low_at = ?, high_price = ?, high_at = ?, extremes_until = ?
     WHERE product_key = ?`,
  )
  const checked = db.prepare(`UPDATE refreshes SET ${POLLED}, ${RUN} WHERE product_key = ?`)
  // The common case: the poll continues a run and finds no change, so one statement that updates its time is enough.
  const checkedAgain = db.prepare(
    `UPDATE refreshes SET ${POLLED}
     WHERE product_key = ? AND covered_since IS NOT NULL AND failing_since IS NULL
       AND ? - checked_at BETWEEN 0 AND ${staleAfterMs} AND checked_at >= ?`,
  )
  const setRolledUntil = db.prepare(
    'UPDATE refreshes SET rolled_until = @rolledUntil WHERE product_key = @key',
  )
  const postponed = db.prepare(`UPDATE refreshes SET ${DUE} WHERE product_key = ?`)
  const refreshFailed = db.prepare(
    `UPDATE refreshes SET due_at = iif(due_at IS NULL, NULL, @dueAt), failures = failures + 1,
       failing_since = coalesce(failing_since, @at), failed_at = @at, fault = @fault, message = @message
     WHERE product_key = @key`,
  )
  const expedite = db.prepare(
    `UPDATE products SET register_at = @at
     WHERE register_at > @at AND (registration_failures > 0 OR registered_at IS NULL)`,
  )
  const findPutBack = putBackDetector(db)
  const advanceRegistrations = db.prepare<[number]>(
    'UPDATE products SET register_at = register_at - ? WHERE register_at IS NOT NULL',
  )
  const advancePolls = db.prepare<[number]>(
    `UPDATE refreshes SET due_at = max(due_at - ?, ${AT_ONCE} + 1) WHERE due_at > ${AT_ONCE}`,
  )

  function register(outcome: { key: number; at: number }): void {
    const before = selectRegistration.get(outcome.key)
    if (before === undefined) return
    registered.run(outcome)
    startRefreshes.run(outcome)
    if (before !== 'registered') changes.product('product.registered', outcome.key, outcome.at)
  }

  function reject(outcome: Extract<KeyedOutcome, { type: 'rejected' }>): void {
    const { key, at, reason } = outcome
    if (rejected.run(outcome).changes > 0) stopRefreshes.run({ key })
    else registrationFailed.run({ key, at, dueAt: at, fault: 'rejected', message: reason })
  }

  /** Records a successful poll. Returns its run; undefined if the product was deleted. */
  function extend(key: number, at: number, live: LiveAlerts) {
    const run = coverage.extend(key, at)
    if (run && run.checkedAt !== null && run.since === at && live.watches(key)) {
      alerts.repolled(key, { checkedAt: run.checkedAt, nextAt: at, now: at })
    }
    return run
  }

  function refresh(
    outcome: Extract<KeyedOutcome, { type: 'refreshed' }>,
    live: LiveAlerts,
    now: number,
  ): void {
    const run = extend(outcome.key, outcome.at, live)
    if (!run) return
    const { key, at, dueAt, answer = null } = outcome
    const { changedAt, changedBefore, offersCount, lowestPrice } = applyOffers(outcome)
    const extremes =
      changedAt === null ? run : (afterChange(run, changedBefore, lowestPrice, changedAt) ?? run)
    const { lowPrice, lowAt, highPrice, highAt, extremesUntil } = extremes
    refreshed.run(
      ...[dueAt, at, run.since, offersCount, lowestPrice, answer],
      ...[lowPrice, lowAt, highPrice, highAt, extremesUntil, key],
    )
    if (changedAt === null) return
    const { lowestPrice: before } = run
    if (before !== lowestPrice && live.watches(key)) {
      alerts.priceChanged({ key, at: changedAt, polledAt: at, now, price: lowestPrice, before })
    }
    // If the clock was put back, the change may belong to an hour that is rolled up already, which must be redone.
    const rolledUntil = floorTo(changedAt, HOUR_MS)
    if (rolledUntil < (run.rolledUntil ?? Number.POSITIVE_INFINITY)) {
      setRolledUntil.run({ key, rolledUntil })
    }
  }

  function check(
    { key, at, dueAt }: Extract<KeyedOutcome, { type: 'unchanged' }>,
    live: LiveAlerts,
  ): void {
    const pollableSince = coverage.pollableSince(at)
    if (checkedAgain.run(dueAt, at, key, at, pollableSince).changes > 0) return
    const run = extend(key, at, live)
    if (run) checked.run(dueAt, at, run.since, key)
  }

  function settleOne(outcome: KeyedOutcome, live: LiveAlerts, now: number): void {
    switch (outcome.type) {
      case 'registered':
        register(outcome)
        break
      case 'rejected':
        reject(outcome)
        break
      case 'registration-failed':
        registrationFailed.run(outcome)
        break
      case 'refreshed':
        refresh(outcome, live, now)
        break
      case 'unchanged':
        check(outcome, live)
        break
      case 'refresh-failed':
        refreshFailed.run(outcome)
        break
      case 'postponed':
        postponed.run(outcome.dueAt, outcome.key)
        break
      case 'forgotten':
        forgotten.run(outcome)
        refreshFailed.run({ ...outcome, dueAt: null })
        break
      case 'released':
    }
  }

  return {
    /** `outcomes` is a `KeyedOutcome[]` as JSON: a string takes a third of the time to send to a thread. */
    settle({ outcomes, now }: { outcomes: string; now: number }): void {
      const all: KeyedOutcome[] = JSON.parse(outcomes)
      const live = alerts.live()
      for (const outcome of all) settleOne(outcome, live, now)
    },

    pausePolls(pause: Span): void {
      coverage.pause(pause)
    },

    expediteRegistrations(input: { at: number }): void {
      expedite.run(input)
    },

    /** Brings work forward that a step of the clock made due too late. All of it keeps its order. */
    correctDueTimes({ now, longest }: { now: number; longest: Waits }): void {
      const early = findPutBack(now, longest)
      if (early?.registration) advanceRegistrations.run(early.registration)
      if (early?.refresh) advancePolls.run(early.refresh)
    },
  }
}
