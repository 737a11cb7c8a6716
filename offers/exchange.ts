import type { Dispatcher } from 'undici'

/** The maximum size of an answer: 1 MiB holds some 10,000 offers. */
export const MAX_BODY_BYTES = 1024 * 1024

/** A complete response. */
export interface Received {
  status: number
  /** The header `Retry-After`, if present exactly once. */
  retryAfter: string | undefined
  /** The header `Date`: when the response was sent, by the sender's clock. */
  date: string | undefined
  contentType: string | undefined
  /** The header `Content-Encoding`, joined with commas if repeated. */
  contentEncoding: string | undefined
  /** Empty if the body is too large, or not needed: for 429 and for 500 and above. */
  body: Buffer
  tooLarge: boolean
}

type Headers = Record<string, string | string[] | undefined>

const EMPTY = Buffer.alloc(0)

/** For these the status is enough: a body that is large, slow or cut off must not hide it. */
const saysItAll = (status: number) => status >= 500 || status === 429

/** Error codes of undici and the system for an open connection that was closed. */
const CONNECTION_ENDED = new Set<unknown>(['UND_ERR_SOCKET', 'ECONNRESET', 'ECONNABORTED', 'EPIPE'])

const connectionEnded = (error: Error) => 'code' in error && CONNECTION_ENDED.has(error.code)

/** Collects the parts of a response as they arrive. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #settle: PromiseWithResolvers<Received>
  readonly #timer: NodeJS.Timeout
  /** Sends the request again; undefined if it must not be repeated. */
  #sendAgain: (() => void) | undefined
  #controller: Dispatcher.DispatchController | undefined
  #late: Error | undefined
  #ended = false
  /** Whether the first byte of a response has arrived. */
  #answered = false
  #status = 0
  #headers: Headers = {}
  #chunks: Buffer[] = []
  #size = 0

  constructor(
    settle: PromiseWithResolvers<Received>,
    timeoutMs: number,
    sendAgain: ((exchange: Exchange) => void) | undefined,
  ) {
    this.#settle = settle
    this.#sendAgain = sendAgain && (() => sendAgain(this))
    // Data that arrived while the event loop was busy is not late.
    this.#timer = setTimeout(() => setImmediate(() => this.#expire()), timeoutMs)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#late) controller.abort(this.#late) // Timed out while waiting for a connection.
  }

  onResponseStarted(): void {
    this.#answered = true
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Headers,
  ): void {
    this.#status = status
    this.#headers = headers
    if (saysItAll(status)) this.#resolve(EMPTY)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > MAX_BODY_BYTES) {
      this.#resolve(EMPTY)
      controller.abort(new Error('The answer is too large'))
    } else if (!saysItAll(this.#status)) {
      this.#chunks.push(chunk)
    }
  }

  onResponseEnd(): void {
    this.#end()
    const [first, ...rest] = this.#chunks
    this.#resolve(first && rest.length === 0 ? first : Buffer.concat(this.#chunks))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const sendAgain = this.#sendAgain
    if (sendAgain && !this.#answered && connectionEnded(error)) {
      this.#sendAgain = undefined
      sendAgain()
      return
    }
    this.#end()
    this.#settle.reject(error)
  }

  #resolve(body: Buffer): void {
    const { 'retry-after': retryAfter, 'content-type': contentType, date } = this.#headers
    const contentEncoding = this.#headers['content-encoding']
    this.#settle.resolve({
      status: this.#status,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      date: typeof date === 'string' ? date : undefined,
      contentType: typeof contentType === 'string' ? contentType : undefined,
      contentEncoding: contentEncoding && [contentEncoding].flat().join(),
      body,
      tooLarge: this.#size > MAX_BODY_BYTES,
    })
  }

  #end(): void {
    this.#ended = true
    clearTimeout(this.#timer)
  }

  #expire(): void {
    if (this.#ended) return
    this.#late = new DOMException('The deadline is over', 'TimeoutError')
    this.#settle.reject(this.#late)
    this.#controller?.abort(this.#late)
  }
}

/**
 * Sends a request and resolves with the complete response. Rejects on failure, and with a `TimeoutError`
 * if it takes longer than `timeoutMs`, including the wait for a connection. It uses undici's callbacks
 * directly: a stream, a signal and their promises for each request would take twice as long.
 *
 * A service may close an idle connection just as a request is sent on it, which says nothing about its
 * health. So a GET whose connection ends before the first byte of a response is repeated once,
 * immediately and on a `fresh` connection (RFC 9110, section 9.2.2), within the same deadline.
 */
export function exchange(
  connections: { readonly kept: Dispatcher; readonly fresh: Dispatcher },
  request: Dispatcher.DispatchOptions,
  timeoutMs: number,
  onRepeat: () => void,
): Promise<Received> {
  const settle = Promise.withResolvers<Received>()
  const sendAgain = (exchange: Exchange) => {
    onRepeat()
    connections.fresh.dispatch(request, exchange)
  }
  const again = request.method === 'GET' ? sendAgain : undefined
  connections.kept.dispatch(request, new Exchange(settle, timeoutMs, again))
  return settle.promise
}
