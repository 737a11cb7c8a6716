import type { LookupFunction } from 'node:net'
import { type Dispatcher, Pool, ProxyAgent } from 'undici'
import { Wait } from './wait.ts'

/**
 * The longest time that a connection is used. A new one looks the host name up again: the service may have
 * moved to another address while the old one still answers.
 */
const MAX_AGE_MS = 30_000

/** Where connections go, and how many there may be. */
export interface ConnectionOptions {
  origin: string
  /** The URL of a proxy, with its credentials; undefined for none. */
  proxy: string | undefined
  /** How many there may be at once. */
  connections: number
  /** How long it may take to make one. */
  timeoutMs: number
  /** How the name of the host becomes addresses; undefined: as the system does it. */
  lookup: LookupFunction | undefined
  clock: () => number
  random: () => number
}

/** Makes what sends requests; with a pipelining of 0 it makes a new connection for each. */
type Open = (pipelining: number) => Dispatcher

function poolOptions({ connections, timeoutMs }: ConnectionOptions, pipelining: number) {
  return {
    connections,
    pipelining,
    connectTimeout: timeoutMs,
    allowH2: false, // A call to a connection, so that one which is stuck holds up no other.
    headersTimeout: 0, // There is a deadline on the whole.
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
      // What asks for tunnels: there is no deadline of a call on those.
      clientFactory: (origin, given) => new Pool(origin, { ...given, headersTimeout: timeoutMs }),
    })
}

/**
 * The connections to the Offers service. undici has a maximum age of its own, `clientTtl`, but that would
 * go on for an hour longer where the clock is put back by one.
 */
export class Connections {
  readonly #open: Open
  readonly #random: () => number
  /** Until new ones are made. */
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

  /** Takes one that is open where there is one, and keeps it open. */
  get kept(): Dispatcher {
    if (!this.#age.isOver || this.#closed) return this.#kept
    this.#beginAge()
    this.#retire(this.#kept)
    this.#kept = this.#open(1)
    return this.#kept
  }

  /** Makes a new one for each request, and closes it after the answer. */
  get fresh(): Dispatcher {
    return this.#fresh
  }

  /** Ends all of them, with the requests that are under way. */
  async close(): Promise<void> {
    this.#closed = true
    const all = [this.#kept, this.#fresh, ...this.#retired]
    await Promise.all(all.map((dispatcher) => dispatcher.destroy()))
  }

  /** Ends up to a quarter earlier, so that services which started together do not renew together. */
  #beginAge(): void {
    this.#age.begin(MAX_AGE_MS * (1 - this.#random() / 4))
  }

  /** Requests that are under way end on the connections that they have. */
  #retire(dispatcher: Dispatcher): void {
    this.#retired.add(dispatcher)
    const forget = () => this.#retired.delete(dispatcher)
    void dispatcher.close().then(forget, forget)
  }
}
