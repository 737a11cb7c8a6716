import type { OffersAnswer } from './answer.ts'

/**
 * Second tries of calls that were refused with 401, in case that was a passing fault. Of those that are
 * refused together one is tried again, and the others only if that helped: while the service refuses
 * all calls, it must not get twice as many.
 */
export class SecondTries {
  #trial: Promise<void> | undefined
  /** A token with which a second try was refused, too, and no call accepted since. */
  #hopeless: string | undefined

  /** A call was not refused. */
  accepted(): void {
    this.#hopeless = undefined
  }

  /** Sends a call that was refused with this token again; undefined where there is no use in that. */
  async send(token: string, send: () => Promise<OffersAnswer>): Promise<OffersAnswer | undefined> {
    if (this.#trial) {
      await this.#trial
      return this.#hopeless === token ? undefined : send()
    }
    return this.#hopeless === token ? undefined : this.#try(token, send)
  }

  async #try(token: string, send: () => Promise<OffersAnswer>): Promise<OffersAnswer> {
    const over = Promise.withResolvers<void>()
    this.#trial = over.promise
    try {
      const answer = await send()
      if (answer.status === 401) this.#hopeless = token
      return answer
    } finally {
      this.#trial = undefined
      over.resolve()
    }
  }
}
