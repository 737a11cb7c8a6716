/** How long after a request the service counts as serving requests. */
const LATELY_MS = 250

/** The event loop utilisation above which the refresh waits. */
const SHARE = 0.3

/** The longest wait, however busy the loop is: requests must not stall the refresh. */
const LONGEST_WAIT_MS = 20

/**
 * Makes the refresh yield to requests. While requests come in, it starts only as much work as leaves the
 * event loop mostly idle, so that requests are served at once; otherwise it uses the whole loop.
 */
export class LoopShare {
  readonly #now: () => number
  readonly #busyMs: () => number
  #askedAt = Number.NEGATIVE_INFINITY
  #since = 0
  #busyBefore = 0

  constructor(options: {
    /** A monotonic time in ms. */
    now: () => number
    /** How long the event loop has been busy in total, in ms. */
    busyMs: () => number
  }) {
    this.#now = options.now
    this.#busyMs = options.busyMs
  }

  /** Records a request. */
  asked(): void {
    this.#askedAt = this.#now()
  }

  /** How long to start no more work, in ms; 0 to go on. */
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
