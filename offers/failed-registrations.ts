import type { Outcome } from '../db/store.ts'
import { Wait } from './wait.ts'

/** The shortest time between expediting failed registrations, since one of them may always fail. */
const EXPEDITE_EVERY_MS = 5_000

/** The outcomes of successful work. */
const SUCCEEDED: Outcome['type'][] = ['registered', 'refreshed', 'unchanged']

/** Tells when failed registrations need not wait out their backoff, because calls succeed again. */
export class FailedRegistrations {
  /** Whether some have failed since they were last expedited. */
  #some = false
  /** The wait before they are expedited again. */
  readonly #wait: Wait

  constructor(clock: () => number) {
    this.#wait = new Wait(clock)
  }

  /** Whether to expedite them now, after these outcomes. */
  shouldExpedite(outcomes: readonly Outcome[]): boolean {
    const types = new Set(outcomes.map(({ type }) => type))
    if (types.has('registration-failed')) this.#some = true
    const succeeded = SUCCEEDED.some((type) => types.has(type))
    if (!this.#some || !succeeded || !this.#wait.isOver) return false
    this.#some = false
    this.#wait.begin(EXPEDITE_EVERY_MS)
    return true
  }
}
