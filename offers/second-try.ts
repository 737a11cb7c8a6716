import type { OffersAnswer } from './answer.ts'

/**
 * Retries calls refused with 401, in case the fault was transient. Of the calls refused together one is
 * retried, and the others only if that succeeds: a service that refuses all calls must not get twice as
 * many.
 */
export class SecondTries {
  #trial: Promise<void> | undefined
  /** A token with which a retry was refused too, and no call has been accepted since. */
  #hopeless: string | undefined

  /** Records a call that was not refused. */
  accepted(): void {
    this.#hopeless = undefined
  }

  /** Repeats a call that was refused with this token; undefined if a retry is pointless. */
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
