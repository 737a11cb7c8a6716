import { setImmediate as nextTurn } from 'node:timers/promises'
import { Rounds } from '../../concurrency/in-flight.ts'
import { ChangesCompacted } from '../../db/errors.ts'
import type { DeliveryState, WebhookTask, WebhookToken } from '../../db/store.ts'
import type { Change } from '../../schemas/change.ts'
import { changeMessage, changesMessage, type Message } from './message.ts'
import type { FeedEntry, FeedPage, RecentChanges } from './recent-changes.ts'
import { disabled, failed, isDue, succeeded } from './result.ts'
import type { Attempt } from './sender.ts'

/** What an endpoint needs of the process around it. */
export interface EndpointOptions {
  recent: RecentChanges
  /** Sends a message; `isDoubtful` says that the last attempt failed. */
  send(message: Message, isDoubtful: boolean): Promise<Attempt>
  /** Records a state at once; resolves with false if the token is no longer good. */
  save(state: DeliveryState & { token: WebhookToken }): Promise<boolean>
  /** Resolves when the event loop has time for the next message. */
  pause(): Promise<void>
  clock: () => number
  random: () => number
  failed(error: string): void
  disabled(why: string): void
  /** The store could not be read or written; the next `wake` tries again. */
  storeFailed(error: unknown): void
}

/** What to send, and the last change in it. */
interface Next {
  message: Message
  lastSeq: number
}

/** Delivers the changes to one webhook, one message after the other. */
export class Endpoint {
  readonly #task: WebhookTask
  readonly #options: EndpointOptions
  readonly #rounds: Rounds
  #state: DeliveryState
  #isSaved = true
  #isStopped = false
  /** The message that is being delivered. */
  #current: Next | undefined
  /** What was read of the feed, and how much of that is in messages or was passed over. */
  #page: FeedPage
  #index = 0

  constructor(task: WebhookTask, options: EndpointOptions) {
    this.#task = task
    this.#options = options
    const { cursor, pending, enabled, failures, failingSince, lastStatus, lastError } = task
    const { nextAttemptAt } = task
    this.#state = {
      ...{ cursor, pending, enabled, failures, failingSince, lastStatus, lastError, nextAttemptAt },
    }
    this.#page = { entries: [], lastSeq: cursor }
    this.#rounds = new Rounds({
      round: () => this.#deliver(),
      failed: (error) => options.storeFailed(error),
    })
  }

  /** The last change that was delivered, or did not have to be. */
  get cursor(): number {
    return this.#state.cursor
  }

  get isFailing(): boolean {
    return this.#state.failures > 0
  }

  /** Delivers what there is, if anything is due. */
  wake(): void {
    if (!this.#isStopped) void this.#rounds.ask()
  }

  /** What is to be recorded, once; undefined if nothing has changed since. */
  takeUnsaved(): (DeliveryState & { token: WebhookToken }) | undefined {
    if (this.#isSaved) return undefined
    this.#isSaved = true
    return { ...this.#state, token: this.#task.token }
  }

  /** What `takeUnsaved` gave could not be recorded. */
  unsaved(): void {
    this.#isSaved = false
  }

  /** Starts no more attempts; resolves when the one under way has ended. */
  stop(): Promise<void> {
    this.#isStopped = true
    return this.#rounds.ended
  }

  async #deliver(): Promise<void> {
    const { clock, send, pause } = this.#options
    while (!this.#isStopped && this.#state.enabled && isDue(this.#state, clock())) {
      const next = await this.#next()
      if (!next || this.#isStopped) return
      const attempt = await send(next.message, this.isFailing)
      if (attempt.error === null) {
        this.#current = undefined
        this.#set(succeeded(this.#state, attempt, next.lastSeq))
      } else if (!this.#isStopped) {
        await this.#fail(attempt)
      }
      await pause()
    }
  }

  async #fail(attempt: Attempt): Promise<void> {
    const { clock, random } = this.#options
    await this.#change(failed(this.#state, attempt, { now: clock(), random }))
    if (this.#state.enabled) this.#options.failed(String(attempt.error))
  }

  /** Records a state at once. */
  async #change(state: DeliveryState): Promise<void> {
    const wasEnabled = this.#state.enabled
    this.#set(state)
    this.#isSaved = true
    const { token } = this.#task
    const isGood = await this.#options.save({ ...state, token }).catch((error: unknown) => {
      this.#isSaved = false
      throw error
    })
    if (!isGood) this.#isStopped = true
    else if (wasEnabled && !state.enabled) this.#options.disabled(String(state.lastError))
  }

  #set(state: DeliveryState): void {
    this.#state = state
    this.#isSaved = false
  }

  /** The message to send; undefined if there is none now, or no longer. It stays the same until it is delivered. */
  async #next(): Promise<Next | undefined> {
    if (this.#current) return this.#current
    const entries = await this.#collect().catch(async (error: unknown) => {
      if (!(error instanceof ChangesCompacted)) throw error
      await this.#change(disabled(this.#state, `It was too far behind: ${error.message}`))
      return []
    })
    const [first] = entries
    const lastSeq = entries.at(-1)?.change.seq
    if (!first || lastSeq === undefined) return undefined
    const isSingle = this.#task.batchSize === 1
    const message = isSingle ? changeMessage(first) : changesMessage(entries)
    // Recorded before it is sent, so that it has the same changes when it is sent again after a crash.
    if (!isSingle) await this.#begin(lastSeq)
    this.#current = { message, lastSeq }
    return this.#current
  }

  /** Records which changes a message has. */
  async #begin(lastSeq: number): Promise<void> {
    const { pending } = this.#state
    if (pending === lastSeq) return
    try {
      await this.#change({ ...this.#state, pending: lastSeq })
    } catch (error) {
      this.#set({ ...this.#state, pending })
      this.#rewind()
      throw error
    }
  }

  /** Reads the feed from the cursor again. */
  #rewind(): void {
    this.#page = { entries: [], lastSeq: this.#state.cursor }
    this.#index = 0
  }

  /** The changes of the next message. Passes over those that the filters leave out. */
  async #collect(): Promise<FeedEntry[]> {
    const { pending } = this.#state
    const until = pending ?? Number.POSITIVE_INFINITY
    const found: FeedEntry[] = []
    while (!this.#isStopped) {
      const entry = this.#page.entries[this.#index]
      if (entry) {
        if (entry.change.seq > until) return found
        this.#index += 1
        if (this.#matches(entry.change)) found.push(entry)
        if (found.length === this.#task.batchSize) return found
        continue
      }
      const position = this.#page.lastSeq
      if (found.length === 0 && position > this.cursor) {
        this.#set({ ...this.#state, cursor: position })
      }
      // What there is goes out at once; only a message that was begun before is completed.
      if ((found.length > 0 && pending === null) || position >= until) return found
      this.#page = await this.#options.recent.after(position)
      this.#index = 0
      if (this.#page.lastSeq === position) break
      await nextTurn()
    }
    // Another instance may have begun the message, with changes that this one has yet to see.
    if (found.length > 0) this.#rewind()
    return []
  }

  #matches({ type, product_id }: Change): boolean {
    const { types, productId } = this.#task
    return (
      (types.length === 0 || types.includes(type)) &&
      (productId === null || product_id === productId)
    )
  }
}
