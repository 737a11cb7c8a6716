import { isUtf8 } from 'node:buffer'
import type { Dispatcher } from 'undici'
import type { Breaker } from './breaker.ts'
import { OffersError } from './errors.ts'
import { exchange, type Received } from './exchange.ts'
import { TOKEN_HEADER } from './protocol.ts'
import { errors, Pool } from './undici.ts'

/** An answer of 1 MiB is some 10,000 offers; more is no honest answer. */
const MAX_BODY_BYTES = 1024 * 1024

/** A request of the protocol; `path` is relative to the base URL. */
export interface OffersRequest {
  method: 'GET' | 'POST'
  path: string
  /** Sent in the header that is literally named `Bearer`. */
  token?: string
  /** Sent as JSON. */
  body?: object
}

/** A status below 500, and what came with it. */
export interface OffersAnswer {
  status: number
  body: Buffer
}

/**
 * The delay that a `Retry-After` header asks for, in ms: seconds or an HTTP date (RFC 9110, section
 * 10.2.3). Undefined where there is none or it is neither.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d+$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : date - now
}

/** The JSON of an answer; undefined where it is none. */
export function jsonOf({ body }: OffersAnswer): unknown {
  if (!isUtf8(body)) return undefined
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

/**
 * One HTTP exchange with the Offers service: a deadline on the whole of it, a cap on the answer, no
 * redirects. It asks the breaker first and tells it how it went.
 */
export class Transport {
  readonly #pool: Dispatcher
  readonly #basePath: string
  readonly #breaker: Breaker
  readonly #timeoutMs: number
  readonly #clock: () => number

  constructor(options: {
    /** Where the protocol begins, without a slash at its end. */
    baseUrl: string
    timeoutMs: number
    connections: number
    breaker: Breaker
    clock: () => number
  }) {
    const url = new URL(options.baseUrl)
    this.#pool = new Pool(url.origin, {
      connections: options.connections,
      maxResponseSize: MAX_BODY_BYTES,
      headersTimeout: 0, // There is a deadline on the whole.
      bodyTimeout: 0,
    })
    this.#basePath = url.pathname
    this.#breaker = options.breaker
    this.#timeoutMs = options.timeoutMs
    this.#clock = options.clock
  }

  /** Rejects with `OffersError`: `paused`, `unavailable`, or `malformed` for too large an answer. */
  async send(request: OffersRequest): Promise<OffersAnswer> {
    const permit = this.#breaker.enter()
    const answer = await this.#exchange(request).catch((error: unknown) => {
      if (error instanceof errors.ResponseExceededMaxSizeError) {
        this.#breaker.succeeded()
        throw new OffersError('malformed', `The answer is larger than ${MAX_BODY_BYTES} bytes`)
      }
      this.#breaker.failed(permit)
      throw new OffersError('unavailable', this.#describe(error), { cause: error })
    })
    const { status, retryAfter, body } = answer
    const asksForPause = status === 429 || status === 503
    const pause = asksForPause ? (retryAfterMs(retryAfter, this.#clock()) ?? 0) : 0
    // A pause that is over before it begins would have all calls repeated at once.
    if (pause > 0) {
      this.#breaker.pause(pause, permit)
      throw new OffersError('paused', `The Offers service answered ${status} and asked for a pause`)
    }
    if (status >= 500 || status === 429) {
      this.#breaker.failed(permit)
      throw new OffersError('unavailable', `The Offers service answered ${status}`)
    }
    this.#breaker.succeeded()
    return { status, body }
  }

  /** Ends all calls that are under way; they reject as `unavailable`. */
  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  #exchange({ method, path, token, body }: OffersRequest): Promise<Received> {
    const headers: Record<string, string> = { accept: 'application/json' }
    if (token !== undefined) headers[TOKEN_HEADER] = token
    if (body !== undefined) headers['content-type'] = 'application/json'
    const text = body === undefined ? null : JSON.stringify(body)
    const request = { method, path: this.#basePath + path, headers, body: text }
    return exchange(this.#pool, request, this.#timeoutMs)
  }

  #describe(error: unknown): string {
    if (error instanceof Error && error.name === 'TimeoutError') {
      return `The Offers service did not answer within ${this.#timeoutMs} ms`
    }
    const hasCode = error instanceof Error && 'code' in error && error.code
    const code = hasCode ? ` (${error.code})` : ''
    return `The Offers service cannot be reached${code}`
  }
}
