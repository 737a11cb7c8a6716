import { backoff } from './backoff.ts'
import { OffersError } from './errors.ts'
import { Wait } from './wait.ts'

/** The number of consecutive failures after which the service counts as down. */
const THRESHOLD = 5

/** The longest wait between probes, so that the end of an outage is noticed within seconds. */
const LONGEST_WAIT_MS = 5_000

/** The longest pause that the service may ask for. */
const LONGEST_PAUSE_MS = 600_000

/** How a call was admitted. */
export type Permit = 'normal' | 'probe'

/**
 * A circuit breaker that decides whether a call to the Offers service may go out. While it is closed,
 * all calls may. After a run of failures it opens and admits one probe at a time, each after a wait that
 * grows with the failed probes, until one succeeds. During a pause that the service asked for, it admits
 * none.
 */
export class Breaker {
  readonly #random: () => number
  readonly #onChange: (open: boolean) => void
  #failures = 0
  #open = false
  #probing = false
  /** The wait before the next probe. */
  readonly #wait: Wait
  /** The pause that the service asked for. */
  readonly #pause: Wait

  constructor(options: {
    clock: () => number
    random: () => number
    /** Called when it opens and when it closes. */
    onChange: (open: boolean) => void
  }) {
    this.#wait = new Wait(options.clock)
    this.#pause = new Wait(options.clock)
    this.#random = options.random
    this.#onChange = options.onChange
  }

  /** How many more calls would be admitted now: 0, 1 or Infinity. */
  get capacity(): number {
    if (!this.#pause.isOver) return 0
    if (!this.#open) return Number.POSITIVE_INFINITY
    return this.#probing || !this.#wait.isOver ? 0 : 1
  }

  /** The end of the pause that the service asked for, epoch ms; null if there is none. */
  get pausedUntil(): number | null {
    return this.#pause.until
  }

  /** Why only occasional probes go out, as a sentence; null while calls go out. */
  get obstacle(): string | null {
    if (this.pausedUntil !== null) return 'The Offers service asked not to be called for a while'
    return this.#open ? 'The Offers service is taken to be down, and probed until it is back' : null
  }

  /** Admits a call or throws `OffersError` with the fault `paused`. */
  enter(): Permit {
    if (this.capacity === 0) {
      const why = this.pausedUntil ? 'it asked for a pause' : 'it is taken to be down'
      throw new OffersError('paused', `The Offers service was not called: ${why}`)
    }
    if (!this.#open) return 'normal'
    this.#probing = true
    return 'probe'
  }

  /** Records that the service answered the call, even if with an error about the call itself. */
  succeeded(): void {
    this.#failures = 0
    this.#probing = false
    if (!this.#open) return
    this.#open = false
    this.#onChange(false)
  }

  /** Records that the service did not answer the call, or answered that it is unable to serve. */
  failed(permit: Permit): void {
    // Calls that were in flight when the breaker opened say nothing new.
    if (this.#open && permit === 'normal') return
    this.#probing = false
    this.#failures += 1
    if (this.#failures < THRESHOLD) return
    const wait = backoff(this.#failures - THRESHOLD, {
      baseMs: 500,
      capMs: LONGEST_WAIT_MS,
      random: this.#random,
    })
    this.#wait.begin(wait)
    if (this.#open) return
    this.#open = true
    this.#onChange(true)
  }

  /** Admits nothing for `ms`, 10 minutes at most. Ends the probe if this was the answer to one. */
  pause(ms: number, permit: Permit): void {
    if (permit === 'probe') this.#probing = false
    this.#pause.begin(Math.min(Math.max(ms, 0), LONGEST_PAUSE_MS))
  }
}
