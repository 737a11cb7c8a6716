import { setImmediate as nextTurn } from 'node:timers/promises'
import { Rounds } from '../concurrency/in-flight.ts'
import type { ChangePage, ChangeQuery, Store } from '../db/store.ts'
import { eventOf } from './event.ts'
import { type ChangeFilter, type Source, Subscription } from './subscription.ts'

/** So many changes are read at once. */
const PAGE = 1_000

/** What a hub needs of the store. */
export type Feed = Pick<Store, 'changes' | 'lastSeq' | 'onChanges'>

/** How far the streams lag behind the last committed change. */
export interface Lag {
  changes: number
  /** For how long the first of these changes has waited. */
  ms: number
}

/**
 * Hands the changes that are committed to everyone who listens. However many they are, each change is
 * read from the store once and written as text once.
 */
export class ChangeHub implements Source {
  readonly #store: Feed
  readonly #onError: (error: unknown) => void
  readonly #now: () => number
  readonly #removeListener: () => void
  readonly #live = new Set<Subscription>()
  /** All who listen, each with the time of its end. */
  readonly #all = new Map<Subscription, number>()
  readonly #reading = new Rounds({
    round: () => this.#readAll(),
    failed: (error) => this.#giveUp(error),
  })
  #position: number
  /** A change that was committed and not handed on, and since when. */
  #waiting: { seq: number; since: number } | undefined
  #closed = false

  constructor(options: {
    store: Feed
    /** Hears of changes that could not be read; all who listened then have to resume. */
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
    // Below 0 where a read saw a commit that the store has yet to be told of.
    if (changes <= 0) return { changes: 0, ms: 0 }
    return { changes, ms: this.#waiting ? this.#now() - this.#waiting.since : 0 }
  }

  /** How many listen. */
  get size(): number {
    return this.#all.size
  }

  /** The changes after `after`, or what is to come, for so many ms if there is an end to it. */
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
   * Tells all who listen that it is there, but for those whose time is over, which end. Changes that it was
   * not told of are found by this.
   */
  beat(): void {
    this.#catchUp()
    const now = this.#now()
    for (const [subscription, end] of this.#all) {
      if (now < end) continue
      this.#live.delete(subscription)
      subscription.end()
    }
    for (const subscription of this.#live) subscription.beat()
  }

  /** Ends all subscriptions, after what they were handed. */
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

  /** All changes up to this one were handed on, or nobody listens for them. */
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
    // To read that again at once would take all the time there is.
    if (page.lastSeq <= before) throw new Error(`the feed has nothing after change ${before}`)
    for (const change of page.items) {
      const event = eventOf(change)
      for (const subscription of this.#live) subscription.deliver(change, event)
    }
    this.#reach(page.lastSeq)
    await nextTurn() // There is other work to do between the pages.
  }
}
