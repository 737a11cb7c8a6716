import type { Dispatcher } from 'undici'

/** What came back of a request. */
export interface Received {
  status: number
  /** The header `Retry-After`, if it came once. */
  retryAfter: string | undefined
  /** Empty where the status says it all: 429 and those from 500 on. */
  body: Buffer
}

/** Where the status says it all, a body that is large, slow or cut off must not hide it. */
const saysItAll = (status: number) => status >= 500 || status === 429

/** Takes in the parts of an answer as they come. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #settle: PromiseWithResolvers<Received>
  readonly #timer: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  #late: Error | undefined
  #ended = false
  #status = 0
  #retryAfter: string | undefined
  #chunks: Buffer[] = []

  constructor(settle: PromiseWithResolvers<Received>, timeoutMs: number) {
    this.#settle = settle
    // What has come while the event loop was busy with something else is not late.
    this.#timer = setTimeout(() => setImmediate(() => this.#expire()), timeoutMs)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#late) controller.abort(this.#late) // While it waited for a connection.
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    { 'retry-after': retryAfter }: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status
    this.#retryAfter = typeof retryAfter === 'string' ? retryAfter : undefined
    if (saysItAll(status)) this.#resolve(Buffer.alloc(0))
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!saysItAll(this.#status)) this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#end()
    const [first, ...rest] = this.#chunks
    this.#resolve(first && rest.length === 0 ? first : Buffer.concat(this.#chunks))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end()
    this.#settle.reject(error)
  }

  #resolve(body: Buffer): void {
    this.#settle.resolve({ status: this.#status, retryAfter: this.#retryAfter, body })
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
 * Sends a request and gives what came back, whole. Rejects when that fails, and with a `TimeoutError`
 * where it takes longer than `timeoutMs`, the wait for a connection included. It takes the parts from
 * undici as they come: a stream, a signal and their promises around each would take twice as long.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  timeoutMs: number,
): Promise<Received> {
  const settle = Promise.withResolvers<Received>()
  dispatcher.dispatch(request, new Exchange(settle, timeoutMs))
  return settle.promise
}
