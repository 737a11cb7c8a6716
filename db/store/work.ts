import type { Span } from '../../history/coverage.ts'
import type { Outcome, TaskToken } from './outcome.ts'

/** A product handed out for registration or a poll. */
export interface Task {
  token: TaskToken
  id: string
  /** How many times in a row this work has failed. */
  failures: number
}

export interface RegistrationTask extends Task {
  name: string
  description: string
  version: number
  /** When it was last registered; null if never. */
  registeredAt: number | null
}

export interface RefreshTask extends Task {
  registeredAt: number | null
  /** The fingerprint of the answer to the last successful poll; null before the first. */
  answer: string | null
}

/** How many polls may be handed out; each limit includes the ones above it. */
export interface RefreshLimits {
  /** Those whose poll is due at once. */
  most: number
  /** Those due by now. */
  due: number
  /** Those due later. */
  early: number
}

/** The result of settling outcomes. */
interface Settlement {
  /**
   * The outcomes whose token was no longer valid: nothing of them was applied, because their products have
   * been, or will be, handed out again.
   */
  refused: Outcome[]
}

/**
 * How fresh the products are; all but `within` and `failing` cover only registered products. A check in the
 * future was made before the clock was set back. Its age is unknown, so it counts as no check.
 */
export interface Freshness {
  /** How many polls are overdue. */
  due: number
  oldestCheckedAt: number | null
  /** The 95th percentile of their ages in ms; null if there are none, or if it is unknown. */
  p95AgeMs: number | null
  /**
   * The share of all products to be polled, including pending ones, that were checked at `since` or later:
   * 0 to 1, and 1 if there are none.
   */
  within: number
  /** How many products failed at their last poll. */
  failing: number
}

/**
 * The work at the Offers service. Several instances may share it: each product is handed out to one of
 * them at a time, under a token that is good until the store is closed or, where instances share a
 * database, until the engine gives the product to another one.
 */
export interface WorkStore {
  /** How many registered products this instance has to poll: all of them if it is the only one. */
  share(): Promise<number>
  /**
   * This instance's part of all work, 0 to 1, by which it may use what instances have in common. The parts of all
   * instances never add up to more than 1, not even while work moves from one to another.
   */
  partOfWork(): number
  /**
   * Pending products whose registration is due by `dueBy`, the longest overdue first. Each is handed out
   * once, until its outcome is settled or its token is no longer valid.
   */
  takeRegistrations(dueBy: number, limit: number): Promise<RegistrationTask[]>
  /** Registered products in the order in which their polls are due, handed out as registrations are. */
  takeRefreshes(now: number, limits: RefreshLimits): Promise<RefreshTask[]>
  /**
   * Applies outcomes in one transaction, in order, except those that it refuses. Outcomes of deleted products
   * are ignored. If an outcome cannot be written because of damage, the others are still applied, and its
   * product is left alone for a while. If this rejects, the products are due as before.
   */
  settle(outcomes: Outcome[]): Promise<Settlement>
  /**
   * Makes due at `at`, unless due earlier, every failed registration, and every first one, which is due later
   * only if the clock was set back.
   */
  expediteRegistrations(at: number): Promise<void>
  /**
   * Records that no product is polled from `since` to `until`, which ends their coverage. Instances that share the
   * database are handed out nothing in that time.
   */
  pausePolls(pause: Span): Promise<void>
  /**
   * Compensates for a clock that was set back. If some work is due later than the longest wait of its kind
   * allows, in ms after `now`, all work becomes due by `now`, in its order, so that nothing starves however
   * often this happens. Otherwise nothing changes.
   */
  correctDueTimes(now: number, longest: { registration: number; refresh: number }): Promise<void>
  /**
   * Calls `listener` after each commit of this instance that made registrations due. Returns a function that
   * removes it. Only a hint to look immediately: work made due by other instances is found by asking for it.
   */
  onRegistrationsDue(listener: () => void): () => void
  /** How fresh all products are, with `since` as the mark of `within`. */
  freshness(since: number): Promise<Freshness>
}
