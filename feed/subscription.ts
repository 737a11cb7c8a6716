import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Rounds } from '../concurrency/in-flight.ts'
import type { ChangePage, ChangeQuery } from '../db/store.ts'
import type { Change, ChangeType } from '../schemas/change.ts'
import { eventOf, greeting, heartbeat } from './event.ts'

/** How far a client may lag, in bytes, before it counts as too slow. */
const MAX_BUFFERED = 1024 * 1024

/** How many bytes of past changes are read ahead of the client. */
const READ_AHEAD = 64 * 1024

/** The number of past changes per read. */
const PAGE = 500

/** The changes that a client subscribes to. */
export interface ChangeFilter {
  productId?: string
  type?: ChangeType
}

/** The part of the hub that a subscription needs. */
export interface Source {
  /** All changes up to this one were delivered to the live subscriptions. */
  readonly position: number
  changes(query: ChangeQuery): Promise<ChangePage>
  /** Delivers every change after `position` to the subscription from now on. */
  join(subscription: Subscription): void
  leave(subscription: Subscription): void
}

/**
 * The changes for one client as server-sent events: first past changes, as fast as the client reads them,
 * then new ones as they happen. It is destroyed if the client is too slow for the new ones.
 */
export class Subscription extends Readable {
  readonly #source: Source
  readonly #filter: ChangeFilter
  #position: number
  readonly #reading = new Rounds({
    round: () => this.#readPast(),
    failed: (error) => this.destroy(error as Error),
  })
  /** Whether more was requested since the last push. */
  #wanted = false
  #live = false
  #ended = false

  /** Starts after the change `after`. */
  constructor(source: Source, filter: ChangeFilter, after: number) {
    super({ highWaterMark: READ_AHEAD })
    this.#source = source
    this.#filter = filter
    this.#position = after
    this.push(greeting(after))
  }

  /** Takes a change that has just happened; `event` is its text. */
  deliver(change: Change, event: string): void {
    const { productId, type } = this.#filter
    if (change.seq <= this.#position) return
    if (productId !== undefined && change.product_id !== productId) return
    if (type !== undefined && change.type !== type) return
    this.#pushLive(event)
  }

  /** Sends a heartbeat with the position of the client. The subscription must be live. */
  sendHeartbeat(): void {
    // Its own reads of past changes may have gone further than what the hub has delivered.
    this.#pushLive(heartbeat(Math.max(this.#position, this.#source.position)))
  }

  /** Ends the stream after the changes already delivered. */
  end(): void {
    if (!this.#ended) this.push(null)
    this.#ended = true
  }

  override _read(): void {
    this.#wanted = true
    if (!this.#live) void this.#reading.ask()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#source.leave(this)
    done(error)
  }

  #pushLive(text: string): void {
    this.push(text)
    if (this.readableLength > MAX_BUFFERED) this.destroy()
  }

  async #readPast(): Promise<void> {
    while (this.#wanted && !this.#live && !this.#ended && !this.destroyed) {
      await this.#readPage()
      await nextTurn() // Lets other work run between pages.
    }
  }

  async #readPage(): Promise<void> {
    // A sound feed reaches this change. What others are handed while it is read may be missing from the page.
    const handedOn = this.#source.position
    const query = { after: this.#position, limit: PAGE, ...this.#filter }
    const { items, lastSeq } = await this.#source.changes(query)
    if (this.#ended || this.destroyed) return
    if (lastSeq >= this.#source.position) {
      this.#live = true
      this.#source.join(this)
    } else if (lastSeq <= this.#position && lastSeq < handedOn) {
      // Reading it again immediately would loop without end.
      throw new Error(`the feed ends at change ${lastSeq}, and change ${handedOn} was handed on`)
    }
    this.#position = lastSeq
    this.#wanted = false // Before `push`, which may request more before it returns.
    if (this.push(items.map(eventOf).join(''))) this.#wanted = true
  }
}
