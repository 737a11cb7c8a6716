import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Rounds } from '../concurrency/in-flight.ts'
import type { ChangePage, ChangeQuery } from '../db/store.ts'
import type { Change, ChangeType } from '../schemas/change.ts'
import { eventOf, greeting, heartbeat } from './event.ts'

/** What a client may be behind, in bytes, before it is taken for too slow. */
const MOST_BUFFERED = 1024 * 1024

/** So many bytes of what is past are read ahead of the client. */
const READ_AHEAD = 64 * 1024

/** So many changes of what is past are read at once. */
const PAGE = 500

/** Which changes a client wants. */
export interface ChangeFilter {
  productId?: string
  type?: ChangeType
}

/** What a subscription needs of the hub. */
export interface Source {
  /** All changes up to this one were handed to the subscriptions that are live. */
  readonly position: number
  changes(query: ChangeQuery): Promise<ChangePage>
  /** Hands it every change behind `position` from now on. */
  join(subscription: Subscription): void
  leave(subscription: Subscription): void
}

/**
 * The changes for one client as server-sent events: first what is past, as fast as the client takes
 * it, and from where that ends what comes. It is destroyed where the client is too slow for that.
 */
export class Subscription extends Readable {
  readonly #source: Source
  readonly #filter: ChangeFilter
  #position: number
  readonly #reading = new Rounds({
    round: () => this.#readPast(),
    failed: (error) => this.destroy(error as Error),
  })
  /** It was asked for more since it gave something. */
  #wanted = false
  #live = false
  #ended = false

  /** It begins behind the change `after`. */
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

  /** Says that it is there, and how far the client has come. It must be live. */
  beat(): void {
    // What it read of the past can reach beyond what the live ones were handed so far.
    this.#pushLive(heartbeat(Math.max(this.#position, this.#source.position)))
  }

  /** Ends it after what it was handed. */
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
    if (this.readableLength > MOST_BUFFERED) this.destroy()
  }

  async #readPast(): Promise<void> {
    while (this.#wanted && !this.#live && !this.#ended && !this.destroyed) {
      await this.#readPage()
      await nextTurn() // There is other work to do between the pages.
    }
  }

  async #readPage(): Promise<void> {
    const query = { after: this.#position, limit: PAGE, ...this.#filter }
    const { items, lastSeq } = await this.#source.changes(query)
    if (this.#ended || this.destroyed) return
    if (lastSeq >= this.#source.position) {
      this.#live = true
      this.#source.join(this)
    } else if (lastSeq <= this.#position) {
      // To read that again at once would take all the time there is.
      const handedOn = this.#source.position
      throw new Error(`the feed ends at change ${lastSeq}, and change ${handedOn} was handed on`)
    }
    this.#position = lastSeq
    this.#wanted = false // What is given may be taken, and more be asked for, before `push` returns.
    if (this.push(items.map(eventOf).join(''))) this.#wanted = true
  }
}
