import type { ChangePage, ChangeQuery, Store } from '../db/store.ts'
import { eventOf } from './event.ts'
import { type ChangeFilter, type Source, Subscription } from './subscription.ts'

/** So many changes are read at once. */
const PAGE = 1_000

/**
 * Hands the changes that are committed to everyone who listens. However many they are, each change is
 * read from the store once and written as text once.
 */
export class ChangeHub implements Source {
  readonly #store: Store
  readonly #onError: (error: unknown) => void
  readonly #removeListener: () => void
  readonly #live = new Set<Subscription>()
  readonly #all = new Set<Subscription>()
  #position: number
  #reading: Promise<void> | undefined
  #closed = false

  /** `onError` hears of changes that could not be read; all who listened then have to resume. */
  constructor(store: Store, onError: (error: unknown) => void) {
    this.#store = store
    this.#onError = onError
    this.#position = store.lastSeq
    this.#removeListener = store.onChanges(() => {
      this.#reading ??= this.#readAll()
    })
  }

  get position(): number {
    return this.#position
  }

  /** How many listen. */
  get size(): number {
    return this.#all.size
  }

  /** The changes behind `after`, or what is to come. */
  subscribe(filter: ChangeFilter, after = this.#position): Subscription {
    const subscription = new Subscription(this, filter, after)
    this.#all.add(subscription)
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

  /** Tells all who listen that it is there. */
  beat(): void {
    for (const subscription of this.#live) subscription.beat()
  }

  /** Ends all subscriptions, after what they were handed. */
  close(): void {
    this.#closed = true
    this.#removeListener()
    this.#live.clear()
    for (const subscription of this.#all) subscription.end()
  }

  async #readAll(): Promise<void> {
    try {
      while (this.#position < this.#store.lastSeq) await this.#readSome()
    } catch (error) {
      this.#onError(error)
      this.#position = this.#store.lastSeq
      for (const subscription of this.#live) subscription.destroy()
    }
    this.#reading = undefined
  }

  async #readSome(): Promise<void> {
    if (this.#live.size === 0) {
      this.#position = this.#store.lastSeq
      return
    }
    const page = await this.#store.changes({ after: this.#position, limit: PAGE })
    for (const change of page.items) {
      const event = eventOf(change)
      for (const subscription of this.#live) subscription.deliver(change, event)
    }
    this.#position = page.lastSeq
  }
}
