import type { LookupFunction } from 'node:net'
import type { Dispatcher } from 'undici'
import { Pool } from './undici.ts'
import { Wait } from './wait.ts'

/**
 * So long connections are used at most. Then new ones are made, for which the name of the host is looked
 * up again: it may have moved to another address while the old one still answers.
 */
const MAX_AGE_MS = 30_000

/**
 * The connections to the Offers service. undici has a maximum age of its own, `clientTtl`, but that would
 * go on for an hour longer where the clock is put back by one.
 */
export class Connections {
  readonly #open: (pipelining: number) => Dispatcher
  readonly #random: () => number
  /** Until new ones are made. */
  readonly #age: Wait
  readonly #retired = new Set<Dispatcher>()
  readonly #fresh: Dispatcher
  #kept: Dispatcher
  #closed = false

  constructor(options: {
    origin: string
    /** How many there may be at once. */
    connections: number
    /** How long it may take to make one. */
    timeoutMs: number
    /** How the name of the host becomes addresses; undefined: as the system does it. */
    lookup: LookupFunction | undefined
    clock: () => number
    random: () => number
  }) {
    const { origin, connections, timeoutMs, lookup } = options
    this.#open = (pipelining) =>
      new Pool(origin, {
        connections,
        pipelining,
        connectTimeout: timeoutMs,
        connect: { lookup },
        allowH2: false, // A call to a connection, so that one which is stuck holds up no other.
        headersTimeout: 0, // There is a deadline on the whole.
        bodyTimeout: 0,
      })
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
    void dispatcher.close().then(() => this.#retired.delete(dispatcher))
  }
}
