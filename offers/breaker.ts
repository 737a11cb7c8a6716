import { backoff } from './backoff.ts'
import { OffersError } from './errors.ts'
import { Wait } from './wait.ts'

/** So many failures in a row, of calls that shared no luck, mean that the service is down. */
const THRESHOLD = 5

/** A probe at least this often, so that the end of an outage is noticed within seconds. */
const LONGEST_WAIT_MS = 5_000

/** The service may ask for a pause of this length and no more. */
const LONGEST_PAUSE_MS = 600_000

/** How a call was let through. */
export type Permit = 'normal' | 'probe'

/**
 * Decides whether a call to the Offers service may go out. Closed, all may. After a run of failures
 * it opens: then one probe at a time may, each after a wait that grows with the failed probes, until
 * one succeeds. While the service has asked for a pause none may.
 */
export class Breaker {
  readonly #random: () => number
  readonly #onChange: (open: boolean) => void
  #failures = 0
  #open = false
  #probing = false
  /** Before the next probe. */
  readonly #wait: Wait
  /** That the service has asked for. */
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

  /** How many more calls would be let through now: 0, 1 or Infinity. */
  get capacity(): number {
    if (!this.#pause.isOver) return 0
    if (!this.#open) return Number.POSITIVE_INFINITY
    return this.#probing || !this.#wait.isOver ? 0 : 1
  }

  /** Until when the service asked not to be called, epoch ms; null when it did not. */
  get pausedUntil(): number | null {
    return this.#pause.until
  }

  /** Why no call goes out but a probe now and then, in a sentence; null where calls go out. */
  get obstacle(): string | null {
    if (this.pausedUntil !== null) return 'The Offers service asked not to be called for a while'
    return this.#open ? 'The Offers service is taken to be down, and probed until it is back' : null
  }

  /** Lets a call through or throws `OffersError` with the fault `paused`. */
  enter(): Permit {
    if (this.capacity === 0) {
      const why = this.pausedUntil ? 'it asked for a pause' : 'it is taken to be down'
      throw new OffersError('paused', `The Offers service was not called: ${why}`)
    }
    if (!this.#open) return 'normal'
    this.#probing = true
    return 'probe'
  }

  /** The service answered the call, be it with an error about the call itself. */
  succeeded(): void {
    this.#failures = 0
    this.#probing = false
    if (!this.#open) return
    this.#open = false
    this.#onChange(false)
  }

  /** The service did not answer the call, or said that it can't. */
  failed(permit: Permit): void {
    // What was under way when it opened tells nothing new.
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

  /** Lets nothing through for `ms`, 10 minutes at most. If it is a probe that was answered so, it is over. */
  pause(ms: number, permit: Permit): void {
    if (permit === 'probe') this.#probing = false
    this.#pause.begin(Math.min(Math.max(ms, 0), LONGEST_PAUSE_MS))
  }
}
