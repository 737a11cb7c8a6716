import type { LookupFunction } from 'node:net'
import { type Dispatcher, Pool, ProxyAgent } from 'undici'
import { Wait } from './wait.ts'

/**
 * How long a connection is used at most. A new connection resolves the host name again: the service may
 * have moved to another address while the old one still answers.
 */
const MAX_AGE_MS = 30_000

/** Options for connections to the Offers service. */
export interface ConnectionOptions {
  origin: string
  /** The URL of a proxy, with its credentials; undefined for none. */
  proxy: string | undefined
  /** The maximum number of open connections. */
  connections: number
  /** The connect timeout. */
  timeoutMs: number
  /** Resolves the host name; undefined for the system's resolver. */
  lookup: LookupFunction | undefined
  clock: () => number
  random: () => number
}

/** Creates a dispatcher; with a pipelining of 0 it opens a new connection for each request. */
type Open = (pipelining: number) => Dispatcher

function poolOptions({ connections, timeoutMs }: ConnectionOptions, pipelining: number) {
  return {
    connections,
    pipelining,
    connectTimeout: timeoutMs,
    allowH2: false, // One call per connection, so that a stuck call holds up no other.
    headersTimeout: 0, // The whole exchange has a deadline.
    bodyTimeout: 0,
  }
}

function direct(options: ConnectionOptions): Open {
  const { origin, lookup } = options
  return (pipelining) =>
    new Pool(origin, { ...poolOptions(options, pipelining), connect: { lookup } })
}

function proxied(options: ConnectionOptions, uri: string): Open {
  const { timeoutMs } = options
  return (pipelining) =>
    new ProxyAgent({
      uri,
      connectTimeout: timeoutMs,
      factory: (origin, given) =>
        new Pool(origin, { ...given, ...poolOptions(options, pipelining) }),
      // The client that requests tunnels, to which the deadline of a call does not apply.
      clientFactory: (origin, given) => new Pool(origin, { ...given, headersTimeout: timeoutMs }),
    })
}

/**
 * The connections to the Offers service. They do not rely on undici's own maximum age, `clientTtl`, which
 * would last an hour longer if the clock is set back by an hour.
 */
export class Connections {
  readonly #open: Open
  readonly #random: () => number
  /** The time until the connections are renewed. */
  readonly #age: Wait
  readonly #retired = new Set<Dispatcher>()
  readonly #fresh: Dispatcher
  #kept: Dispatcher
  #closed = false

  constructor(options: ConnectionOptions) {
    this.#open = options.proxy === undefined ? direct(options) : proxied(options, options.proxy)
    this.#random = options.random
    this.#age = new Wait(options.clock)
    this.#fresh = this.#open(0)
    this.#kept = this.#open(1)
    this.#beginAge()
  }

  /** Reuses an open connection if there is one, and keeps it open. */
  get kept(): Dispatcher {
    if (!this.#age.isOver || this.#closed) return this.#kept
    this.#beginAge()
    this.#retire(this.#kept)
    this.#kept = this.#open(1)
    return this.#kept
  }

  /** Opens a new connection for each request, and closes it after the answer. */
  get fresh(): Dispatcher {
    return this.#fresh
  }

  /** Closes all connections and aborts the requests in flight. */
  async close(): Promise<void> {
    this.#closed = true
    const all = [this.#kept, this.#fresh, ...this.#retired]
    await Promise.all(all.map((dispatcher) => dispatcher.destroy()))
  }

  /** Up to a quarter shorter, so that services that started together do not renew together. */
  #beginAge(): void {
    this.#age.begin(MAX_AGE_MS * (1 - this.#random() / 4))
  }

  /** Requests in flight finish on their current connections. */
  #retire(dispatcher: Dispatcher): void {
    this.#retired.add(dispatcher)
    const forget = () => this.#retired.delete(dispatcher)
    void dispatcher.close().then(forget, forget)
  }
}
