/** How the calls went lately, as `/status` tells it. */
export interface OffersHealth {
  lastSuccessAt: number | null
  lastError: { at: number; message: string; productId: string } | null
}

/**
 * Remembers how the calls of the Offers service went. Where the clock is put back, what happened before that
 * counts as having happened just now, in the same order: no time is in the future, and the latest stays so.
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

  /** Brings what is in the future to the moment before now, and gives now. */
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
