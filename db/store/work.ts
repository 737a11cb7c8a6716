import type { Span } from '../../history/coverage.ts'
import type { Outcome, TaskToken } from './outcome.ts'

/** A product handed out for work at the Offers service. */
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
  /** The fingerprint of the last good poll's answer; null before that. */
  answer: string | null
}

/** How many polls may be handed out, each limit including the ones before it. */
export interface RefreshLimits {
  /** Those whose poll is due at once. */
  most: number
  /** Those due by now. */
  due: number
  /** Those due later. */
  early: number
}

/** What became of outcomes. */
interface Settlement {
  /**
   * Those of the given ones whose token was no longer good: nothing of them was applied, because their
   * products have been, or will be, handed out again.
   */
  refused: Outcome[]
}

/**
 * How fresh the products are; all but `within` and `failing` are about the registered ones. A check in the
 * future was made before the clock was put back. Its age is unknown, so it counts as no check.
 */
export interface Freshness {
  /** How many polls are due and not done. */
  due: number
  oldestCheckedAt: number | null
  /** The age in ms that 95% of them do not exceed; null with none, or where it is not known. */
  p95AgeMs: number | null
  /**
   * The share of all products that are to be polled, those that are pending included, checked at `since`
   * or later: 0 to 1, and 1 with none.
   */
  within: number
  /** How many products failed when they were last polled. */
  failing: number
}

/**
 * The work at the Offers service. Several instances may share it: each product is handed out to one of
 * them at a time, under a token that is good until the store is closed or, where instances share a
 * database, until the engine gives the product to another one.
 */
export interface WorkStore {
  /** How many registered products this instance has to poll: all of them where it is the only one. */
  share(): Promise<number>
  /**
   * Pending products whose registration is due at `dueBy` or before, the longest due first. Each is
   * handed out once, until its outcome is settled or its token is no longer good.
   */
  takeRegistrations(dueBy: number, limit: number): Promise<RegistrationTask[]>
  /** Registered products in the order in which their polls are due, handed out as registrations are. */
  takeRefreshes(now: number, limits: RefreshLimits): Promise<RefreshTask[]>
  /**
   * Applies outcomes in one transaction, in order, but for those that it refuses. Those of deleted products
   * are ignored. Where what one of them writes to is damaged, the others are applied all the same, and its
   * product is left alone for a while. Where it rejects, the products are due as before.
   */
  settle(outcomes: Outcome[]): Promise<Settlement>
  /**
   * Makes due at `at`, unless due earlier, every registration that failed, and every first one, which is
   * due later only where the clock was put back.
   */
  expediteRegistrations(at: number): Promise<void>
  /** From `since` to `until` no product is polled: nobody looks in that time. */
  pausePolls(pause: Span): Promise<void>
  /**
   * Makes up for a clock that was put back. Where some work is due later than the longest wait of its kind
   * allows, in ms after `now`, all work becomes due at `now` or before, in its order, so that nothing starves
   * however often that happens. Otherwise nothing changes.
   */
  correctDueTimes(now: number, longest: { registration: number; refresh: number }): Promise<void>
  /**
   * Calls `listener` after each commit of this instance that made registrations due. Returns its removal.
   * A hint to look at once: what other instances make due is found by asking for it.
   */
  onRegistrationsDue(listener: () => void): () => void
  /** How fresh all products are, with `since` as the mark of `within`. */
  freshness(since: number): Promise<Freshness>
}
