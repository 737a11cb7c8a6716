/** The recent health of calls, as reported by `/status`. */
export interface OffersHealth {
  lastSuccessAt: number | null
  lastError: { at: number; message: string; productId: string } | null
}

/**
 * Records how calls to the Offers service went. If the clock is set back, earlier events count as having
 * happened just now, in the same order: no time is in the future, and the latest event stays the latest.
 */
export class HealthRecord {
  readonly #clock: () => number
  #health: OffersHealth = { lastSuccessAt: null, lastError: null }

  constructor(clock: () => number) {
    this.#clock = clock
  }

  get health(): OffersHealth {
    this.#keepPast()
    return this.#health
  }

  succeeded(): void {
    const lastSuccessAt = this.#keepPast()
    this.#health = { ...this.#health, lastSuccessAt }
  }

  failed(message: string, productId: string): void {
    const at = this.#keepPast()
    this.#health = { ...this.#health, lastError: { at, message, productId } }
  }

  /** Moves times in the future to just before now, and returns now. */
  #keepPast(): number {
    const now = this.#clock()
    const { lastSuccessAt, lastError } = this.#health
    const ahead = Math.max(lastSuccessAt ?? now, lastError?.at ?? now) - now
    if (ahead > 0) {
      const putBack = ahead + 1
      this.#health = {
        lastSuccessAt: lastSuccessAt === null ? null : lastSuccessAt - putBack,
        lastError: lastError && { ...lastError, at: lastError.at - putBack },
      }
    }
    return now
  }
}
