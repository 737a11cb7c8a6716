/** Requests count as coming in for so long after the last one. */
const LATELY_MS = 250

/** The share of the event loop that may be busy before the refresh waits. */
const SHARE = 0.3

/** It waits for so long at most, however busy the loop is: requests must not keep it from going on. */
const LONGEST_WAIT_MS = 20

/**
 * Lets the refresh give way to requests. While some come in, it starts no more work than leaves the event
 * loop free for most of the time, so that a request finds it so; while there are none, it takes all there is.
 */
export class LoopShare {
  readonly #now: () => number
  readonly #busyMs: () => number
  #askedAt = Number.NEGATIVE_INFINITY
  #since = 0
  #busyBefore = 0

  constructor(options: {
    /** The time in ms, from any beginning. */
    now: () => number
    /** How long the event loop was busy so far, in ms. */
    busyMs: () => number
  }) {
    this.#now = options.now
    this.#busyMs = options.busyMs
  }

  /** A request has come in. */
  asked(): void {
    this.#askedAt = this.#now()
  }

  /** For how many ms no more work is to be started; 0 for none. */
  waitMs(): number {
    const now = this.#now()
    if (now - this.#askedAt > LATELY_MS) return 0
    const busy = this.#busyMs()
    const free = Math.min((busy - this.#busyBefore) / SHARE, LONGEST_WAIT_MS)
    const wait = this.#since + free - now
    if (wait > 0) return wait
    this.#since = now
    this.#busyBefore = busy
    return 0
  }
}
