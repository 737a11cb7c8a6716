import { Rounds } from '../../concurrency/in-flight.ts'
import { ChangesCompacted } from '../../db/errors.ts'
import type { DeliveryState, WebhookTask, WebhookToken } from '../../db/store.ts'
import { changeMessage, changesMessage, type Message } from './message.ts'
import type { RecentChanges } from './recent-changes.ts'
import { disabled, failed, isDue, succeeded } from './result.ts'
import type { Attempt } from './sender.ts'
import { Upcoming } from './upcoming.ts'

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

/** What to send, and the place in the feed that it leads to. */
interface Next {
  message: Message
  position: number
}

/** Delivers the changes to one webhook, one message after the other. */
export class Endpoint {
  readonly #task: WebhookTask
  readonly #options: EndpointOptions
  readonly #rounds: Rounds
  readonly #upcoming: Upcoming
  #state: DeliveryState
  #isSaved = true
  #isStopped = false
  /** The message that is being delivered. */
  #current: Next | undefined

  constructor(task: WebhookTask, options: EndpointOptions) {
    this.#task = task
    this.#options = options
    const { cursor, pending, enabled, failures, failingSince, lastStatus, lastError } = task
    const { nextAttemptAt } = task
    this.#state = {
      ...{ cursor, pending, enabled, failures, failingSince, lastStatus, lastError, nextAttemptAt },
    }
    this.#upcoming = new Upcoming(cursor, options.recent, task)
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

  /** Delivers what there is, if anything is due; resolves when there is nothing more to do. */
  wake(): Promise<void> {
    return this.#isStopped ? this.#rounds.ended : this.#rounds.ask()
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
        this.#set(succeeded(this.#state, attempt, next.position))
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
    try {
      while (!this.#current && !this.#isStopped && (await this.#prepare()));
    } catch (error) {
      this.#upcoming.rewind(this.cursor)
      if (!(error instanceof ChangesCompacted)) throw error
      await this.#change(disabled(this.#state, `It was too far behind: ${error.message}`))
    }
    return this.#current
  }

  /** Prepares the next message, or passes over what the filters leave out; resolves with false if there is nothing. */
  async #prepare(): Promise<boolean> {
    const { cursor, pending } = this.#state
    const { batchSize } = this.#task
    const { entries, position } = await this.#upcoming.collect(pending)
    if (pending !== null && position < pending) {
      // Another instance began the message, with changes that this one has yet to see.
      this.#upcoming.rewind(cursor)
      return false
    }
    const last = entries.at(-1)
    if (!last) {
      if (position === cursor) return false
      this.#set({ ...this.#state, cursor: position, pending: null })
      return true
    }
    // A full message has the same changes whenever it is made from the same place in the feed. The end of another one
    // is recorded before it is sent, so that it is the same when it is sent again after a crash.
    if (entries.length < batchSize && position !== pending) await this.#begin(position)
    const message = batchSize === 1 ? changeMessage(last) : changesMessage(entries, last)
    this.#current = { message, position }
    return true
  }

  /** Records the end of the next message. */
  async #begin(pending: number): Promise<void> {
    const before = this.#state
    try {
      await this.#change({ ...before, pending })
    } catch (error) {
      this.#set(before)
      throw error
    }
  }
}
