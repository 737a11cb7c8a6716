/** The longest time for which the budget accumulates: a pause must not end in a burst. */
const BURST_MS = 250

/** The calls that a registration takes: its own and the first poll, which follows at once. */
const CALLS_OF_REGISTRATION = 2

/** The part of the calls that registrations may take: the polls must not wait for an import. */
const REGISTRATIONS_SHARE = 1 / 2

/** A number of calls that grows over time up to a limit; below 0 it is a debt. */
function grown(calls: number, elapsedMs: number, perMs: number): number {
  return Math.min(calls + elapsedMs * perMs, 1 + perMs * BURST_MS)
}

/** This instance's part of the calls that all instances together may make. */
export class CallBudget {
  readonly #perSecond: number
  #at: number
  #calls = 1
  #registrations = 1

  /** `perSecond` is the budget of all instances; Infinity for no limit. */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond
    this.#at = now
  }

  /** How many calls may start at `now`, with this part of the budget, and how many of them may be registrations. */
  allowance(now: number, part: number): { calls: number; registrations: number } {
    const elapsed = Math.max(0, now - this.#at)
    this.#at = now
    if (!Number.isFinite(this.#perSecond))
      return { calls: this.#perSecond, registrations: this.#perSecond }
    const perMs = (this.#perSecond * part) / 1000
    const registrationsPerMs = (perMs * REGISTRATIONS_SHARE) / CALLS_OF_REGISTRATION
    this.#calls = grown(this.#calls, elapsed, perMs)
    this.#registrations = grown(this.#registrations, elapsed, registrationsPerMs)
    return {
      calls: Math.max(0, Math.floor(this.#calls)),
      registrations: Math.max(0, Math.floor(this.#registrations)),
    }
  }

  /** How many polls may start after some registrations, of the calls that were allowed. */
  pollsAfter(registrations: number, calls: number): number {
    return Math.max(0, calls - registrations * CALLS_OF_REGISTRATION)
  }

  /** Records a call. One that was not foreseen, such as a repeated one, is a debt. */
  spend(call?: 'register' | 'offers'): void {
    this.#calls -= 1
    if (call === 'register') this.#registrations -= 1
  }
}
