import { setImmediate as nextTurn } from 'node:timers/promises'
import { Rounds } from '../concurrency/in-flight.ts'
import type { ChangePage, ChangeQuery, Store } from '../db/store.ts'
import { eventOf } from './event.ts'
import { type ChangeFilter, type Source, Subscription } from './subscription.ts'

/** The number of changes per read. */
const PAGE = 1_000

/** The part of the store that a hub needs. */
export type Feed = Pick<Store, 'changes' | 'lastSeq' | 'onChanges'>

/** How far the streams lag behind the last committed change. */
export interface Lag {
  changes: number
  /** How long the first of these changes has waited. */
  ms: number
}

/**
 * Delivers committed changes to all subscriptions. However many there are, each change is read from the
 * store and serialised once.
 */
export class ChangeHub implements Source {
  readonly #store: Feed
  readonly #onError: (error: unknown) => void
  readonly #now: () => number
  readonly #removeListener: () => void
  readonly #live = new Set<Subscription>()
  /** All live subscriptions, each with the time at which it ends. */
  readonly #all = new Map<Subscription, number>()
  readonly #reading = new Rounds({
    round: () => this.#readAll(),
    failed: (error) => this.#giveUp(error),
  })
  #position: number
  /** A change that was committed but not delivered, and since when. */
  #waiting: { seq: number; since: number } | undefined
  #closed = false

  constructor(options: {
    store: Feed
    /** Called if changes cannot be read; all live subscriptions are then closed and must resume. */
    onError: (error: unknown) => void
    /** A time in ms that never steps back. */
    now: () => number
  }) {
    this.#store = options.store
    this.#onError = options.onError
    this.#now = options.now
    this.#position = options.store.lastSeq
    this.#removeListener = options.store.onChanges(() => this.#catchUp())
  }

  get position(): number {
    return this.#position
  }

  get lag(): Lag {
    const changes = this.#store.lastSeq - this.#position
    // Below 0 if a read saw a commit that the store has not announced yet.
    if (changes <= 0) return { changes: 0, ms: 0 }
    return { changes, ms: this.#waiting ? this.#now() - this.#waiting.since : 0 }
  }

  /** The number of live subscriptions. */
  get size(): number {
    return this.#all.size
  }

  /** Subscribes to the changes after `after`, or to future ones; ends after the given ms, if any. */
  subscribe(filter: ChangeFilter, after = this.#position, forMs = Infinity): Subscription {
    const subscription = new Subscription(this, filter, after)
    this.#all.set(subscription, this.#now() + forMs)
    if (this.#closed) subscription.end()
    return subscription
  }

  changes(query: ChangeQuery): Promise<ChangePage> {
    return this.#store.changes(query)
  }

  join(subscription: Subscription): void {
    if (this.#all.has(subscription)) this.#live.add(subscription)
  }

  leave(subscription: Subscription): void {
    this.#live.delete(subscription)
    this.#all.delete(subscription)
  }

  /**
   * Sends a heartbeat to all live subscriptions, and ends those whose time is over. It also finds changes
   * that the hub was not notified of.
   */
  sendHeartbeats(): void {
    this.#catchUp()
    const now = this.#now()
    for (const [subscription, end] of this.#all) {
      if (now < end) continue
      this.#live.delete(subscription)
      subscription.end()
    }
    for (const subscription of this.#live) subscription.sendHeartbeat()
  }

  /** Ends all subscriptions, after the changes already delivered to them. */
  close(): void {
    this.#closed = true
    this.#removeListener()
    this.#live.clear()
    for (const subscription of this.#all.keys()) subscription.end()
  }

  #catchUp(): void {
    this.#noteLag()
    void this.#reading.ask()
  }

  /** All changes up to this one were delivered, or have no subscriber. */
  #reach(seq: number): void {
    this.#position = seq
    if (this.#waiting && this.#waiting.seq <= seq) this.#waiting = undefined
    this.#noteLag()
  }

  #noteLag(): void {
    const { lastSeq } = this.#store
    if (this.#position < lastSeq) this.#waiting ??= { seq: lastSeq, since: this.#now() }
  }

  #giveUp(error: unknown): void {
    this.#reach(this.#store.lastSeq)
    for (const subscription of this.#live) subscription.destroy()
    this.#onError(error)
  }

  async #readAll(): Promise<void> {
    while (!this.#closed && this.#position < this.#store.lastSeq) {
      if (this.#live.size === 0) this.#reach(this.#store.lastSeq)
      else await this.#readSome()
    }
  }

  async #readSome(): Promise<void> {
    const before = this.#position
    const page = await this.#store.changes({ after: before, limit: PAGE })
    // Reading it again immediately would loop without end.
    if (page.lastSeq <= before) throw new Error(`the feed has nothing after change ${before}`)
    for (const change of page.items) {
      const event = eventOf(change)
      for (const subscription of this.#live) subscription.deliver(change, event)
    }
    this.#reach(page.lastSeq)
    await nextTurn() // Lets other work run between pages.
  }
}
