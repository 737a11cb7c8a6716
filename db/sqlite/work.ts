import { AT_ONCE } from '../at-once.ts'
import type { KeyedOutcome } from '../settle.ts'
import type { RefreshLimits, RefreshTask, RegistrationTask, Task, TaskToken } from '../store.ts'
import { type DuePlace, Lookahead, type ReadAhead } from './lookahead.ts'
import type { TaskTokens } from './task-tokens.ts'

/** A task that was read but not handed out yet. */
export type DueTask<T extends Task> = Omit<T, 'token'> & DuePlace

/** How long to leave a product alone after its outcome could not be written. */
const HELD_BACK_MS = 60_000

/** Hands out due products as tasks, and keeps track of those that are in flight. */
export class Work {
  /** Keys of the products that were handed out and are not settled. */
  readonly #taken = new Set<number>()
  /** Those of them that are held back, and since when. */
  readonly #heldBack = new Map<number, number>()
  readonly #tokens: TaskTokens
  readonly #dueListeners = new Set<() => void>()
  readonly #registrations: Lookahead<DueTask<RegistrationTask>>
  readonly #refreshes: Lookahead<DueTask<RefreshTask>>

  constructor(
    tokens: TaskTokens,
    read: {
      registrations: ReadAhead<DueTask<RegistrationTask>>
      refreshes: ReadAhead<DueTask<RefreshTask>>
    },
  ) {
    this.#tokens = tokens
    this.#registrations = new Lookahead(read.registrations, this.#taken)
    this.#refreshes = new Lookahead(read.refreshes, this.#taken)
  }

  /** Takes up to `limit` registrations that are due at `dueBy` or before. */
  takeRegistrations(dueBy: number, limit: number): RegistrationTask[] {
    const taken: RegistrationTask[] = []
    for (let next = this.#registrations.peek(); next; next = this.#registrations.peek()) {
      const { dueAt, key, ...task } = next
      if (dueAt > dueBy || taken.length >= limit) break
      this.#registrations.take()
      taken.push({ ...task, token: this.#take(key) })
    }
    return taken
  }

  /** Takes polls. When the next poll is due decides which limit applies: `most` if at once, else `due` or `early`. */
  takeRefreshes(now: number, { most, due, early }: RefreshLimits): RefreshTask[] {
    const taken: RefreshTask[] = []
    for (let next = this.#refreshes.peek(); next; next = this.#refreshes.peek()) {
      const { dueAt, key, ...task } = next
      const limit = dueAt <= now ? due : early
      if (taken.length >= (dueAt === AT_ONCE ? most : limit)) break
      this.#refreshes.take()
      taken.push({ ...task, token: this.#take(key) })
    }
    return taken
  }

  /**
   * Keeps the product of an outcome that could not be written from being handed out for a while. It is still due, so it
   * would otherwise be handed out again and again.
   */
  holdBack({ key }: KeyedOutcome, now: number): void {
    this.#heldBack.set(key, now)
  }

  /** Frees the products that were held back for long enough. */
  freeHeldBack(now: number): void {
    for (const [key, since] of this.#heldBack) {
      if (Math.abs(now - since) < HELD_BACK_MS) continue
      this.#heldBack.delete(key)
      this.#taken.delete(key)
      this.restart()
    }
  }

  /** Frees the product of an outcome for its next task. */
  settled(outcome: KeyedOutcome): void {
    if (outcome.type === 'registered' || this.#heldBack.has(outcome.key)) return
    this.#taken.delete(outcome.key)
    switch (outcome.type) {
      case 'refreshed':
      case 'unchanged':
      case 'refresh-failed':
      case 'postponed':
        this.#refreshes.added(outcome.dueAt)
        break
      case 'rejected':
        this.#registrations.added(outcome.at)
        break
      case 'registration-failed':
      case 'forgotten':
        this.#registrations.added(outcome.dueAt)
        break
      case 'released':
        this.restart()
    }
  }

  /** Call it when a registration becomes due at `dueAt`. */
  addedRegistration(dueAt: number): void {
    this.#registrations.added(dueAt)
  }

  /** Call it when the registrations that were read ahead are out of date. */
  restartRegistrations(): void {
    this.#registrations.restart()
  }

  /** Call it when all work that was read ahead is out of date. */
  restart(): void {
    this.#registrations.restart()
    this.#refreshes.restart()
  }

  /** Calls `listener` when registrations have become due. Returns a function that removes it. */
  onRegistrationsDue(listener: () => void): () => void {
    this.#dueListeners.add(listener)
    return () => this.#dueListeners.delete(listener)
  }

  /** Tells the listeners that registrations have become due. */
  announce(): void {
    for (const listener of this.#dueListeners) listener()
  }

  #take(key: number): TaskToken {
    this.#taken.add(key)
    return this.#tokens.of(key)
  }
}
