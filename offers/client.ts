import { hash } from 'node:crypto'
import type { ObservedOffer } from '../db/store.ts'
import { type OffersAnswer, offersOf, reasonOf } from './answer.ts'
import { OffersError } from './errors.ts'
import { HealthRecord, type OffersHealth } from './health.ts'
import { SecondTries } from './second-try.ts'
import type { TokenKeeper } from './token.ts'
import type { OffersRequest, Transport } from './transport.ts'

/** The length to which a fingerprint is cut, in characters: 96 bits. */
const FINGERPRINT = 16

/** What the service answered about the offers of a product. */
export interface OffersNow {
  /** Identifies the content of this answer. */
  fingerprint: string
  /** Undefined if the answer is the known one. */
  offers: ObservedOffer[] | undefined
}

/** Calls the Offers service. All calls reject with `OffersError`. */
export class OffersClient {
  readonly #transport: Transport
  readonly #tokens: TokenKeeper
  readonly #record: HealthRecord
  readonly #secondTries = new SecondTries()

  constructor(options: { transport: Transport; tokens: TokenKeeper; clock: () => number }) {
    this.#transport = options.transport
    this.#tokens = options.tokens
    this.#record = new HealthRecord(options.clock)
  }

  get health(): OffersHealth {
    return this.#record.health
  }

  /** Registers a product. Resolves also if the product is already registered. */
  register(product: { id: string; name: string; description: string }): Promise<void> {
    return this.#observed(product.id, () => this.#register(product))
  }

  /** Fetches the offers of a product; they are left out if the answer has the known fingerprint. */
  offers(productId: string, known?: string | null): Promise<OffersNow> {
    return this.#observed(productId, () => this.#offers(productId, known))
  }

  /** Aborts the calls in flight; these and all later calls reject as `unavailable`. */
  close(): Promise<void> {
    return this.#transport.close()
  }

  async #register(product: { id: string; name: string; description: string }): Promise<void> {
    const answer = await this.#call({
      method: 'POST',
      path: '/products/register',
      body: { id: product.id, name: product.name, description: product.description },
    })
    if (answer.status === 201 || answer.status === 409) return
    if (answer.status === 400 || answer.status === 422) {
      throw new OffersError('rejected', reasonOf(answer))
    }
    throw this.#unexpected(answer)
  }

  async #offers(productId: string, known?: string | null): Promise<OffersNow> {
    const answer = await this.#call({
      method: 'GET',
      path: `/products/${encodeURIComponent(productId)}/offers`,
    })
    if (answer.status !== 200) throw this.#unexpected(answer)
    // Taken from the decoded body, since the same content may be compressed differently each time.
    const fingerprint = hash('sha1', answer.body, 'base64url').slice(0, FINGERPRINT)
    if (fingerprint === known) return { fingerprint, offers: undefined }
    return { fingerprint, offers: offersOf(answer) }
  }

  async #observed<T>(productId: string, call: () => Promise<T>): Promise<T> {
    try {
      const result = await call()
      this.#record.succeeded()
      return result
    } catch (error) {
      if (error instanceof OffersError && error.fault !== 'paused') {
        this.#record.failed(error.message, productId)
      }
      throw error
    }
  }

  async #call(request: Omit<OffersRequest, 'token'>): Promise<OffersAnswer> {
    const token = await this.#tokens.get()
    const answer = await this.#send(request, token)
    if (answer.status !== 401) return answer
    await this.#tokens.refused(token)
    const next = await this.#tokens.get()
    const sendAgain = () => this.#send({ ...request, isExtra: true }, next)
    const second = await (next === token ? this.#secondTries.send(next, sendAgain) : sendAgain())
    if (second && second.status !== 401) return second
    if (second) await this.#tokens.refused(next)
    throw new OffersError('unauthorized', 'The Offers service refused the access token')
  }

  async #send(request: Omit<OffersRequest, 'token'>, token: string): Promise<OffersAnswer> {
    const answer = await this.#transport.send({ ...request, token })
    if (answer.status !== 401) {
      this.#tokens.accepted()
      this.#secondTries.accepted()
    }
    return answer
  }

  #unexpected(answer: OffersAnswer): OffersError {
    return answer.status === 404
      ? new OffersError('not-found', 'The Offers service does not know the product')
      : new OffersError(
          'unexpected',
          `The Offers service answered ${answer.status}: ${reasonOf(answer)}`,
        )
  }
}
