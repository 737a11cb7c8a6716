import type { Database } from 'better-sqlite3'
import type { Outcome } from '../../store.ts'
import { AT_ONCE } from '../due.ts'
import { offerDiff } from './offers.ts'

/** How the work at the Offers service ended, product by product. */
export function refreshOperations(db: Database) {
  const applyOffers = offerDiff(db)
  const registered = db.prepare(
    `UPDATE products SET registration = 'registered', registration_reason = NULL,
       registration_failures = 0, register_at = NULL, registered_at = @at
     WHERE key = @key`,
  )
  const startRefreshes = db.prepare(
    `UPDATE refreshes SET due_at = ${AT_ONCE}, failures = 0 WHERE product_key = @key`,
  )
  const rejected = db.prepare(
    `UPDATE products SET registration = 'rejected', registration_reason = @reason,
       registration_failures = 0, register_at = NULL
     WHERE key = @key AND version = @version`,
  )
  const registrationFailed = db.prepare(
    `UPDATE products SET registration_failures = registration_failures + 1, register_at = @at
     WHERE key = @key`,
  )
  const forgotten = db.prepare(
    `UPDATE products SET registration = 'pending', registration_failures = 0, register_at = @at
     WHERE key = @key AND registration = 'registered'`,
  )
  const stopRefreshes = db.prepare('UPDATE refreshes SET due_at = NULL WHERE product_key = @key')
  // A product that was reopened for registration meanwhile has no due time and is not to get one.
  const refreshed = db.prepare(
    `UPDATE refreshes SET due_at = iif(due_at IS NULL, NULL, @dueAt), checked_at = @at,
       failures = 0, offers_count = @offersCount, lowest_price = @lowestPrice
     WHERE product_key = @key`,
  )
  const postponed = db.prepare(
    `UPDATE refreshes SET due_at = iif(due_at IS NULL, NULL, @dueAt) WHERE product_key = @key`,
  )
  const refreshFailed = db.prepare(
    `UPDATE refreshes SET due_at = iif(due_at IS NULL, NULL, @dueAt), failures = failures + 1
     WHERE product_key = @key`,
  )
  const exists = db.prepare('SELECT 1 FROM refreshes WHERE product_key = @key')
  const hasten = db.prepare(
    'UPDATE products SET register_at = @at WHERE register_at > @at AND registration_failures > 0',
  )

  function settleOne(outcome: Outcome): void {
    switch (outcome.type) {
      case 'registered':
        registered.run(outcome)
        startRefreshes.run(outcome)
        break
      case 'rejected':
        if (rejected.run(outcome).changes === 0) registrationFailed.run(outcome)
        break
      case 'registration-failed':
        registrationFailed.run(outcome)
        break
      case 'refreshed':
        if (exists.get(outcome)) refreshed.run({ ...outcome, ...applyOffers(outcome) })
        break
      case 'refresh-failed':
        refreshFailed.run(outcome)
        break
      case 'postponed':
        postponed.run(outcome)
        break
      case 'forgotten':
        forgotten.run(outcome)
        stopRefreshes.run(outcome)
        break
      case 'released':
    }
  }

  return {
    settle(input: Outcome[]): void {
      for (const outcome of input) settleOne(outcome)
    },

    hastenRegistrations(input: { at: number }): void {
      hasten.run(input)
    },
  }
}
