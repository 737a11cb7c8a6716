/** How much faster than the even pace overdue polls may start, so that a backlog shrinks. */
const CATCH_UP = 1.25

/** Additional overdue polls per second, so that a small catalogue catches up quickly. */
const CATCH_UP_PER_SECOND = 0.2

/** The longest time for which budgets accumulate: a pause must not end in a burst. */
const BURST_MS = 250

/**
 * Paces polls with two budgets that fill over time. At the even pace, at which this instance polls each of
 * its products once per interval, polls may start before they are due; overdue polls may start somewhat
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

  /** How many polls may start at `now` with this many products: overdue ones and early ones. */
  allowance(now: number, products: number): { due: number; early: number } {
    const elapsed = Math.max(0, now - this.#at)
    this.#at = now
    const pace = products / this.#intervalMs
    const catchUp = pace * CATCH_UP + CATCH_UP_PER_SECOND / 1000
    this.#early = Math.min(this.#early + elapsed * pace, Math.max(1, pace * BURST_MS))
    this.#due = Math.min(this.#due + elapsed * catchUp, Math.max(1, catchUp * BURST_MS))
    return { due: Math.floor(this.#due), early: Math.floor(this.#early) }
  }

  /** Records polls that were started; an overdue one counts against both budgets. */
  spend(polls: number): void {
    this.#due = Math.max(0, this.#due - polls)
    this.#early = Math.max(0, this.#early - polls)
  }
}
