import type { Span } from '../../../history/coverage.ts'
import type { OffersFault } from '../../../schemas/refresh-state.ts'
import { AT_ONCE } from '../../at-once.ts'
import { afterChange } from '../../encoding/extremes.ts'
import type { ListedOffer } from '../../encoding/listing.ts'
import type { ProductState } from './state.ts'

/** A run of polls that has ended. */
export interface ClosedRun extends Span {
  good: boolean
}

/** What determines where runs of polls end. */
export interface PollRules {
  /** A run of successful polls ends when none follows within this time. */
  gapMs: number
  /** The last time in which all polling paused. */
  pause: Span | undefined
}

interface FailedAttempt {
  at: number
  fault: OffersFault
  message: string
}

/** Applies outcomes to a product in memory, and collects the rows to write. */
export class SettledProduct {
  readonly now: ProductState
  readonly before: ProductState
  readonly runs: ClosedRun[] = []
  isPollChanged = false
  isRegistrationChanged = false
  isListingChanged = false

  constructor(before: ProductState) {
    this.before = before
    this.now = { ...before }
  }

  get onSale(): readonly ListedOffer[] {
    return this.now.onSale
  }

  /** Returns whether it was not registered before. */
  register(at: number): boolean {
    const isNew = this.now.registration !== 'registered'
    this.#registration({
      ...{ registration: 'registered', registrationReason: null, registerAt: null },
      ...{ registeredAt: at, registrationFailures: 0, registrationFault: null },
      ...{ registrationMessage: null, registrationFailedAt: null },
    })
    this.#poll({ dueAt: AT_ONCE, failures: 0, fault: null, message: null })
    return isNew
  }

  reject(version: number, at: number, reason: string): void {
    if (this.now.version !== version) {
      this.failRegistration({ at, fault: 'rejected', message: reason }, at)
      return
    }
    this.failRegistration({ at, fault: 'rejected', message: reason }, null)
    this.#registration({ registration: 'rejected', registrationReason: reason })
    this.#poll({ dueAt: null, failures: 0, fault: null, message: null })
  }

  failRegistration({ at, fault, message }: FailedAttempt, dueAt: number | null): void {
    this.#registration({
      registerAt: dueAt,
      registrationFailures: this.now.registrationFailures + 1,
      ...{ registrationFault: fault, registrationMessage: message, registrationFailedAt: at },
    })
  }

  forget(dueAt: number): void {
    if (this.now.registration !== 'registered') return
    this.#registration({ registration: 'pending', registrationFailures: 0, registerAt: dueAt })
  }

  failPoll({ at, fault, message }: FailedAttempt, dueAt: number | null): void {
    const { failingSince, failures } = this.now
    this.#due(dueAt)
    this.#poll({ failures: failures + 1, failingSince: failingSince ?? at, failedAt: at })
    this.#poll({ fault, message })
  }

  postpone(dueAt: number): void {
    this.#due(dueAt)
  }

  /** Records a successful poll. */
  check(at: number, dueAt: number, rules: PollRules): void {
    const since = this.#extend(at, rules)
    this.#due(dueAt)
    this.#poll({ checkedAt: at, coveredSince: since, failingSince: null, failedAt: null })
    this.#poll({ failures: 0, fault: null, message: null })
  }

  answered(answer: string | null): void {
    this.#poll({ answer })
  }

  rolledBackTo(rolledUntil: number): void {
    if (rolledUntil < (this.now.rolledUntil ?? Number.POSITIVE_INFINITY))
      this.#poll({ rolledUntil })
  }

  /** Replaces the offers on sale at `at`. `before` is when they last changed; null if they never did. */
  list(
    onSale: ListedOffer[],
    figures: { offersCount: number; lowestPrice: number | null },
    { before, at }: { before: number | null; at: number },
  ): void {
    const extremes = afterChange(this.now, before, figures.lowestPrice, at)
    Object.assign(this.now, figures, extremes, { onSale })
    this.isListingChanged = true
  }

  /** Returns the start of the run of successful polls that includes `at`. */
  #extend(at: number, { gapMs, pause }: PollRules): number {
    const { checkedAt, coveredSince, failingSince, failedAt } = this.now
    const pollableSince = pause && pause.since < at ? pause.until : 0
    const gap = checkedAt === null ? Number.NaN : at - checkedAt
    const isPollable = checkedAt !== null && checkedAt >= pollableSince
    const goesOn = failingSince === null && isPollable && gap >= 0 && gap <= gapMs
    if (coveredSince !== null && goesOn) return coveredSince
    if (coveredSince !== null && checkedAt !== null) {
      this.runs.push({ since: coveredSince, until: checkedAt, good: true })
    }
    if (failingSince !== null && failedAt !== null) {
      this.runs.push({ since: failingSince, until: failedAt, good: false })
    }
    return at
  }

  /** A product that became pending while its poll was running has no due time, and must not get one. */
  #due(dueAt: number | null): void {
    if (this.now.dueAt !== null) this.#poll({ dueAt })
  }

  #poll(changes: Partial<ProductState>): void {
    Object.assign(this.now, changes)
    this.isPollChanged = true
  }

  #registration(changes: Partial<ProductState>): void {
    Object.assign(this.now, changes)
    this.isRegistrationChanged = true
  }
}
