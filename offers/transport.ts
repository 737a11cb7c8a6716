import type { LookupFunction } from 'node:net'
import type { OffersAnswer } from './answer.ts'
import type { Breaker } from './breaker.ts'
import { Connections } from './connections.ts'
import { decode } from './decode.ts'
import { OffersError } from './errors.ts'
import { exchange, MAX_BODY_BYTES, type Received } from './exchange.ts'
import { failureDescriber } from './failure.ts'
import { TOKEN_HEADER } from './protocol.ts'

/** A request of the protocol; `path` is relative to the base URL. */
export interface OffersRequest {
  method: 'GET' | 'POST'
  path: string
  /** Sent in a header literally named `Bearer`. */
  token?: string
  /** Sent as JSON. */
  body?: object
  /** Whether it goes out besides the one request for which a call was started. */
  isExtra?: boolean
}

/**
 * The delay that an answer's `Retry-After` asks for, in ms: seconds or an HTTP date (RFC 9110, section
 * 10.2.3). Undefined if the header is missing or invalid. A date is compared with the answer's own `Date`,
 * because the clocks of the two services can differ, or with `now` if it has none.
 */
export function retryAfterMs(
  { retryAfter, date }: Pick<Received, 'retryAfter' | 'date'>,
  now: number,
): number | undefined {
  if (retryAfter === undefined) return undefined
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000
  const until = Date.parse(retryAfter)
  const sentAt = Date.parse(date ?? '')
  return Number.isNaN(until) ? undefined : until - (Number.isNaN(sentAt) ? now : sentAt)
}

/** The decoded body of an answer, or why it cannot be decoded. */
async function bodyOf({
  body,
  contentEncoding,
  tooLarge,
}: Received): Promise<Pick<OffersAnswer, 'body' | 'unreadable'>> {
  if (tooLarge) return { body, unreadable: `The answer is larger than ${MAX_BODY_BYTES} bytes` }
  if (contentEncoding === undefined || body.length === 0) return { body, unreadable: undefined }
  return decode(body, contentEncoding, MAX_BODY_BYTES).then(
    (decoded) => ({ body: decoded, unreadable: undefined }),
    (error: Error) => ({ body: Buffer.alloc(0), unreadable: error.message }),
  )
}

/**
 * Sends requests to the Offers service, with a deadline for the whole exchange, a limit on the size of the
 * answer and no redirects. It asks the breaker before each request and reports the result to it.
 */
export class Transport {
  readonly #connections: Connections
  readonly #origin: string
  readonly #basePath: string
  readonly #describe: (failure: unknown) => string
  readonly #breaker: Breaker
  readonly #onExtra: () => void
  readonly #timeoutMs: number
  readonly #clock: () => number

  constructor(options: {
    /** The base URL of the protocol, without a trailing slash. */
    baseUrl: string
    timeoutMs: number
    connections: number
    /** The URL of the proxy to use, with its credentials. */
    proxy?: string
    /** Resolves the host name; the system's resolver by default. */
    lookup?: LookupFunction
    breaker: Breaker
    /** Called for each extra request, and for each that is sent once more. */
    onExtra: () => void
    clock: () => number
    random: () => number
  }) {
    const { baseUrl, timeoutMs, connections, proxy, lookup, breaker, onExtra, clock, random } =
      options
    const { origin, pathname } = new URL(baseUrl)
    this.#connections = new Connections({
      ...{ origin, proxy, connections, timeoutMs, lookup, clock, random },
    })
    this.#origin = origin
    this.#basePath = pathname
    this.#describe = failureDescriber(timeoutMs, proxy)
    this.#breaker = breaker
    this.#onExtra = onExtra
    this.#timeoutMs = timeoutMs
    this.#clock = clock
  }

  /** Rejects with `OffersError`: `paused` or `unavailable`. */
  async send(request: OffersRequest): Promise<OffersAnswer> {
    const permit = this.#breaker.enter()
    if (request.isExtra) this.#onExtra()
    const received = await this.#exchange(request).catch((error: unknown) => {
      this.#breaker.failed(permit)
      throw new OffersError('unavailable', this.#describe(error), { cause: error })
    })
    const { status, contentType } = received
    const asksForPause = status === 429 || status === 503
    const pause = asksForPause ? (retryAfterMs(received, this.#clock()) ?? 0) : 0
    // A pause of no length would repeat all calls immediately.
    if (pause > 0) {
      this.#breaker.pause(pause, permit)
      throw new OffersError('paused', `The Offers service answered ${status} and asked for a pause`)
    }
    if (status >= 500 || status === 429) {
      this.#breaker.failed(permit)
      throw new OffersError('unavailable', this.#describe(status))
    }
    this.#breaker.succeeded()
    return { status, contentType, token: request.token, ...(await bodyOf(received)) }
  }

  /** Aborts all calls in flight; they reject as `unavailable`. */
  async close(): Promise<void> {
    await this.#connections.close()
  }

  /** Async, so that `send` sees every error as a rejection: the breaker must learn how a probe ended. */
  async #exchange({ method, path, token, body }: OffersRequest): Promise<Received> {
    const headers: Record<string, string> = {
      accept: 'application/json',
      'accept-encoding': 'identity',
    }
    if (token !== undefined) headers[TOKEN_HEADER] = token
    if (body !== undefined) headers['content-type'] = 'application/json'
    const text = body === undefined ? null : JSON.stringify(body)
    const target = { origin: this.#origin, path: this.#basePath + path }
    const request = { ...target, method, headers, body: text }
    return exchange(this.#connections, request, this.#timeoutMs, this.#onExtra)
  }
}
