/** Overdue polls may come this much faster than the even pace, so that a backlog melts. */
const CATCH_UP = 1.25

/** And so many more a second, so that a small catalogue need not wait for its pace. */
const CATCH_UP_PER_SECOND = 0.2

/** Budgets gather for so long at most: a pause must not end in a burst. */
const BURST_MS = 250

/**
 * The pace of polling, as two budgets that fill with time: at the even pace, all products that this
 * instance has to poll once an interval, polls may come before they are due; overdue ones may come somewhat
 * faster. So polls that were due together drift apart until they are spread evenly over the interval.
 */
export class Pacer {
  readonly #intervalMs: number
  #at: number
  #early = 0
  #due = 1

  constructor(intervalMs: number, now: number) {
    this.#intervalMs = intervalMs
    this.#at = now
  }

  /** How many polls may start at `now` with this many products: overdue ones, and ones not yet due. */
  allowance(now: number, products: number): { due: number; early: number } {
    const elapsed = Math.max(0, now - this.#at)
    this.#at = now
    const pace = products / this.#intervalMs
    const catchUp = pace * CATCH_UP + CATCH_UP_PER_SECOND / 1000
    this.#early = Math.min(this.#early + elapsed * pace, Math.max(1, pace * BURST_MS))
    this.#due = Math.min(this.#due + elapsed * catchUp, Math.max(1, catchUp * BURST_MS))
    return { due: Math.floor(this.#due), early: Math.floor(this.#early) }
  }

  /** So many polls were started; an overdue one counts in both budgets. */
  spend(polls: number): void {
    this.#due = Math.max(0, this.#due - polls)
    this.#early = Math.max(0, this.#early - polls)
  }
}
