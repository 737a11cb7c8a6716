import type { Dispatcher } from 'undici'
import { Connections } from '../../offers/connections.ts'
import { type AddressGuard, ForbiddenAddress } from './guard.ts'

/** How long the body of an answer may take. It is not used, but the connection is only free after it. */
const BODY_MS = 1_000

/** How much of it is read, in bytes. */
const BODY_BYTES = 64 * 1024

/** A request to a receiver. */
export interface Delivery {
  headers: Record<string, string>
  body: string
}

/** How an attempt ended. */
export interface Attempt {
  /** The status of the answer; null if there was none. */
  status: number | null
  /** Why it failed, in words that show nothing of the answer; null if it succeeded. */
  error: string | null
  /** How long the receiver asked to wait, as the header `Retry-After` puts it. */
  retryAfter: string | undefined
  /** When the receiver sent the answer, by its own clock. */
  date: string | undefined
}

/** Error codes for an open connection that was closed. */
const CONNECTION_ENDED = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'ECONNABORTED', 'EPIPE'])

const codeOf = (error: Error) => ('code' in error ? String(error.code) : '')

/** An attempt without an answer. */
const failed = (error: string): Attempt => ({
  ...{ status: null, error },
  ...{ retryAfter: undefined, date: undefined },
})

class Late extends Error {}

const header = (value: string | string[] | undefined) =>
  typeof value === 'string' ? value : undefined

/** Waits for the status of an answer, and reads the rest of it without keeping anything. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #settle: PromiseWithResolvers<Attempt>
  readonly #describe: (failure: Error | number) => string
  #sendAgain: (() => void) | undefined
  #timer: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  #late: Late | undefined
  #size = 0

  constructor(
    settle: PromiseWithResolvers<Attempt>,
    timeoutMs: number,
    describe: (failure: Error | number) => string,
    sendAgain: (exchange: Exchange) => void,
  ) {
    this.#settle = settle
    this.#describe = describe
    this.#sendAgain = () => sendAgain(this)
    this.#timer = setTimeout(() => this.#expire(), timeoutMs)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#late) controller.abort(this.#late) // It was late before there was a connection.
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return
    this.#sendAgain = undefined
    const error = status < 300 ? null : this.#describe(status)
    this.#settle.resolve({
      ...{ status, error },
      retryAfter: header(headers['retry-after']),
      date: header(headers.date),
    })
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#expire(), BODY_MS)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > BODY_BYTES) controller.abort(new Error('The answer is too large'))
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const sendAgain = this.#sendAgain
    if (sendAgain && CONNECTION_ENDED.has(codeOf(error))) {
      this.#sendAgain = undefined
      sendAgain()
      return
    }
    clearTimeout(this.#timer)
    this.#fail(error)
  }

  #fail(error: Error): void {
    this.#settle.resolve(failed(this.#describe(error)))
  }

  #expire(): void {
    this.#late = new Late()
    this.#fail(this.#late)
    this.#controller?.abort(this.#late)
  }
}

/** Sends messages to one receiver, over a connection that is kept open. It follows no redirects. */
export class Sender {
  readonly #url: URL
  readonly #guard: AddressGuard
  readonly #timeoutMs: number
  readonly #proxied: boolean
  readonly #connections: Connections

  constructor(options: {
    url: string
    timeoutMs: number
    /** Checks the addresses of each connection, except through a proxy. */
    guard: AddressGuard
    /** The URL of a proxy, with its credentials. */
    proxy: string | undefined
    clock: () => number
    random: () => number
  }) {
    const { url, timeoutMs, guard, proxy, clock, random } = options
    this.#url = new URL(url)
    this.#guard = guard
    this.#timeoutMs = timeoutMs
    this.#proxied = proxy !== undefined
    this.#connections = new Connections({
      ...{ origin: this.#url.origin, connections: 1, lookup: guard.lookup },
      ...{ proxy, timeoutMs, clock, random },
    })
  }

  /** Sends a message. Never rejects. */
  async send({ headers, body }: Delivery): Promise<Attempt> {
    const settle = Promise.withResolvers<Attempt>()
    const { origin, pathname, search } = this.#url
    const request = { origin, path: pathname + search, method: 'POST', headers, body } as const
    // An address in the URL is not looked up.
    if (!this.#guard.mayReach(this.#url)) return failed(this.#describe(new ForbiddenAddress()))
    // A receiver may close an idle connection just as a message is sent on it. Sending it twice does no harm,
    // because it has the same id.
    const sendAgain = (exchange: Exchange) => this.#connections.fresh.dispatch(request, exchange)
    const describe = (failure: Error | number) => this.#describe(failure)
    this.#connections.kept.dispatch(
      request,
      new Exchange(settle, this.#timeoutMs, describe, sendAgain),
    )
    return settle.promise
  }

  /** Closes the connections; attempts under way fail. */
  close(): Promise<void> {
    return this.#connections.close()
  }

  #describe(failure: Error | number): string {
    const through = this.#proxied ? ' through the proxy' : ''
    if (typeof failure === 'number') {
      const hint = failure < 400 ? '; redirects are not followed, so change the url' : ''
      return `The receiver answered ${failure}${through}${hint}`
    }
    if (failure instanceof ForbiddenAddress) return failure.message
    if (failure instanceof Late) {
      return `The receiver did not answer within ${this.#timeoutMs} ms${through}`
    }
    const code = codeOf(failure)
    return `The receiver cannot be reached${through}${code && ` (${code})`}`
  }
}
