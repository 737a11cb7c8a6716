import { backoff } from './backoff.ts'
import type { OffersFault } from './errors.ts'

/** How long to wait before a call that failed is tried again. */
export class RetryWait {
  readonly #intervalMs: number
  readonly #random: () => number
  /** How many calls in a row were refused with 401. */
  #refusals = 0

  constructor(options: { intervalMs: number; random: () => number }) {
    this.#intervalMs = options.intervalMs
    this.#random = options.random
  }

  /** A call ended: `ok`, or the fault that it ended with. One that was not sent tells nothing. */
  ended(result: 'ok' | OffersFault): void {
    if (result === 'paused') return
    this.#refusals = result === 'unauthorized' ? this.#refusals + 1 : 0
  }

  /**
   * The wait in ms after so many failures in a row of the same work, of which this is the last; up to
   * `capMs`. Where several calls in a row are refused with 401 it is not their products that fail: then
   * none is tried more often than it is polled, so that the service does not get more calls for it.
   */
  ms(failures: number, fault: OffersFault, capMs: number): number {
    const wait = backoff(failures, { baseMs: 1000, capMs, random: this.#random })
    const allRefused = fault === 'unauthorized' && this.#refusals > 1
    return allRefused ? Math.max(wait, Math.min(this.#intervalMs, capMs)) : wait
  }
}
