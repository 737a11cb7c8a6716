import { backoff } from './backoff.ts'
import type { OffersFault } from './errors.ts'

/** How long to wait before a failed call is retried. */
export class RetryWait {
  readonly #intervalMs: number
  readonly #random: () => number
  /** The number of consecutive calls refused with 401. */
  #refusals = 0

  constructor(options: { intervalMs: number; random: () => number }) {
    this.#intervalMs = options.intervalMs
    this.#random = options.random
  }

  /** Records how a call ended: `ok`, or its fault. A call that was not sent is ignored. */
  ended(result: 'ok' | OffersFault): void {
    if (result === 'paused') return
    this.#refusals = result === 'unauthorized' ? this.#refusals + 1 : 0
  }

  /**
   * The wait in ms after a number of consecutive failures of the same work, the last with this fault; up to
   * `capMs`. If several calls in a row are refused with 401, the products are not at fault: then none is
   * retried more often than it is polled, so that the service gets no extra calls.
   */
  ms(failures: number, fault: OffersFault, capMs: number): number {
    const wait = backoff(failures, { baseMs: 1000, capMs, random: this.#random })
    const allRefused = fault === 'unauthorized' && this.#refusals > 1
    return allRefused ? Math.max(wait, Math.min(this.#intervalMs, capMs)) : wait
  }
}
