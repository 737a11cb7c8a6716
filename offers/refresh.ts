import { Rounds } from '../concurrency/in-flight.ts'
import type { Outcome, RefreshTask, RegistrationTask, Store, Task } from '../db/store.ts'
import type { Breaker } from './breaker.ts'
import type { CallBudget } from './call-budget.ts'
import type { OffersClient } from './client.ts'
import { OffersError, type OffersFault } from './errors.ts'
import { FailedRegistrations } from './failed-registrations.ts'
import { OutcomeBatcher } from './outcome-batcher.ts'
import type { Pacer } from './pacer.ts'
import { RetryWait } from './retry-wait.ts'
import { Wait } from './wait.ts'

/**
 * The number of unwritten outcomes at which no more work starts: the store is then slower than the Offers
 * service. The limit keeps other writes from waiting long in the queue.
 */
const MAX_UNWRITTEN = 600

/**
 * How long a poll that made room for others is deferred at most, in ms and as a share of the interval: no
 * longer than until the polls tried in its place are due again.
 */
const POSTPONED_MS = 2_000
const POSTPONED_SHARE = 1 / 8

/** How long to start nothing after the store has failed, since the work would only be repeated. */
const STORE_FAILED_WAIT_MS = 5_000

/** The longest wait between two attempts to register a product. */
const LONGEST_REGISTRATION_WAIT_MS = 300_000

/**
 * How far a clock may be put back before what is due seems too late, in ms and as a share of the interval. NTP and the
 * measured clock of a database correct themselves by some ms now and then, while every correction of due times makes the
 * whole catalogue due at once. Until the clock has caught up, what was polled since is due before the rest.
 */
const CLOCK_TOLERANCE_MS = 1_000
const CLOCK_TOLERANCE_SHARE = 1 / 60

/** The message for a call that failed inside this service. */
const CALL_FAILED_HERE =
  'An internal error prevented the call to the Offers service; see the log for the cause'

/** Callbacks that report the progress of the work. */
export interface RefreshObserver {
  /** A call ended, with `ok` or a fault, and how many ms it took. */
  called(call: 'register' | 'offers', result: 'ok' | OffersFault, durationMs: number): void
  /** The store failed to hand out work or to apply outcomes; unwritten work will be repeated. */
  storeFailed(error: unknown): void
  /** The number of outcomes that the store refused, because another instance took over their products. */
  refused(outcomes: number): void
  /** The work on a product failed. */
  faulty(productId: string, error: OffersError): void
}

/**
 * Keeps products registered and their offers fresh. Each time it is woken, it asks the store for due work,
 * as much as concurrency, breaker and pace allow, and starts it. Outcomes are written in batches. No task
 * waits for another.
 */
export class Refresher {
  readonly #store: Store
  readonly #client: OffersClient
  readonly #breaker: Breaker
  readonly #pacer: Pacer
  readonly #budget: CallBudget
  readonly #options: {
    intervalMs: number
    concurrency: number
    clock: () => number
    random: () => number
    waitMs: () => number
    observer: RefreshObserver
  }
  readonly #longestWaits: { registration: number; refresh: number }
  readonly #running = new Set<Promise<void>>()
  #registering = 0
  #retrying = 0
  readonly #outcomes = new OutcomeBatcher({
    write: (outcomes) => this.#write(outcomes).catch((error: unknown) => this.#storeFailed(error)),
    written: () => void this.wake(),
  })
  readonly #handingOut = new Rounds({
    round: () => this.#handOut(),
    failed: (error) => this.#storeFailed(error),
  })
  #closed = false
  readonly #retryWait: RetryWait
  /** The time since the store failed. */
  readonly #storeWait: Wait
  #waking: NodeJS.Timeout | undefined
  /** The end of the last pause reported to the store. */
  #notedPause: number | null = null
  readonly #failedRegistrations: FailedRegistrations

  constructor(options: {
    store: Store
    client: OffersClient
    breaker: Breaker
    pacer: Pacer
    budget: CallBudget
    intervalMs: number
    concurrency: number
    clock: () => number
    random: () => number
    /** How long to start no more work, in ms, to yield to requests; 0 to go on. */
    waitMs: () => number
    observer: RefreshObserver
  }) {
    this.#store = options.store
    this.#client = options.client
    this.#breaker = options.breaker
    this.#pacer = options.pacer
    this.#budget = options.budget
    this.#options = options
    this.#retryWait = new RetryWait(options)
    this.#storeWait = new Wait(options.clock)
    this.#failedRegistrations = new FailedRegistrations(options.clock)
    const share = Math.round(options.intervalMs * CLOCK_TOLERANCE_SHARE)
    const tolerance = Math.min(CLOCK_TOLERANCE_MS, share)
    this.#longestWaits = {
      registration: Math.max(options.intervalMs, LONGEST_REGISTRATION_WAIT_MS) + tolerance,
      refresh: options.intervalMs + tolerance,
    }
  }

  /**
   * Starts the due work. Calls made while it runs are combined into one more round. It never rejects.
   */
  wake(): Promise<void> {
    return this.#handingOut.ask()
  }

  /** Starts no more work; resolves when the work in flight has ended and its outcomes are written. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#waking)
    await this.#handingOut.ended
    await Promise.all(this.#running)
    await this.#outcomes.close()
  }

  async #handOut(): Promise<void> {
    if (this.#closed) return
    const now = this.#options.clock()
    if (!this.#storeWait.isOver) return
    if (this.#outcomes.unwritten >= MAX_UNWRITTEN) return
    const wait = this.#options.waitMs()
    if (wait > 0) return this.#wakeIn(wait)
    await this.#store.correctDueTimes(now, this.#longestWaits)
    // A capacity of one is a probe: it only matters that some call goes out, not which.
    const probing = this.#breaker.capacity === 1
    const budget = this.#budget.allowance(now, this.#store.partOfWork())
    const places = this.#options.concurrency - this.#running.size
    const free = Math.min(this.#breaker.capacity, places, budget.calls)
    if (free <= 0) return

    // New products must not wait for polls, nor polls for an import of new products.
    const half = Math.ceil(this.#options.concurrency / 2)
    const most = Math.max(0, Math.min(free, half - this.#registering, budget.registrations))
    const registrations = await this.#store.takeRegistrations(now, most)
    for (const task of registrations) this.#start(this.#register(task))
    const left = this.#budget.pollsAfter(registrations.length, budget.calls)
    const polls = Math.min(free - registrations.length, left)

    const allowance = this.#pacer.allowance(now, await this.#store.share())
    const refreshes = await this.#store.takeRefreshes(now, {
      most: polls,
      due: probing ? polls : Math.min(polls, allowance.due),
      early: probing ? polls : Math.min(polls, allowance.early),
    })
    this.#pacer.spend(refreshes.length)
    for (const task of refreshes) this.#startRefresh(task)
    if (!probing || registrations.length + refreshes.length > 0) return
    const waiting = await this.#store.takeRegistrations(Number.POSITIVE_INFINITY, 1)
    for (const task of waiting) this.#start(this.#register(task))
  }

  #wakeIn(ms: number): void {
    clearTimeout(this.#waking)
    this.#waking = setTimeout(() => void this.wake(), ms)
  }

  /**
   * Polls a product, unless its last poll failed and enough such polls are in flight: if they all hang until
   * their deadline, there must be room left for the others.
   */
  #startRefresh(task: RefreshTask): void {
    if (task.failures === 0) {
      this.#start(this.#refresh(task))
    } else if (this.#retrying < Math.ceil(this.#options.concurrency / 4)) {
      this.#start(this.#retry(task))
    } else {
      const { clock, intervalMs } = this.#options
      const dueAt = clock() + Math.min(POSTPONED_MS, intervalMs * POSTPONED_SHARE)
      this.#outcomes.add({ type: 'postponed', token: task.token, dueAt })
    }
  }

  async #retry(task: RefreshTask): Promise<void> {
    this.#retrying += 1
    await this.#refresh(task)
    this.#retrying -= 1
  }

  #start(work: Promise<void>): void {
    const running = work.finally(() => {
      this.#running.delete(running)
      // In groups, so that the store is not asked for tasks one by one.
      if (this.#running.size <= this.#options.concurrency * 0.75) void this.wake()
    })
    this.#running.add(running)
  }

  async #register(task: RegistrationTask): Promise<void> {
    this.#registering += 1
    const result = await this.#try('register', task, () => this.#client.register(task))
    this.#registering -= 1
    void this.wake() // Its place among the registrations is free, though its first poll goes on.
    const now = this.#options.clock()
    const { token, version } = task
    if (!(result instanceof OffersError)) {
      this.#outcomes.add({ type: 'registered', token, at: now })
      await this.#refresh({ ...task, failures: 0, registeredAt: now, answer: null })
    } else if (result.fault === 'paused') {
      this.#outcomes.add({ type: 'released', token })
    } else if (result.fault === 'rejected') {
      this.#outcomes.add({ type: 'rejected', token, version, reason: result.message, at: now })
    } else {
      const { fault, message } = result
      const dueAt = now + this.#retryWait.ms(task.failures + 1, fault, LONGEST_REGISTRATION_WAIT_MS)
      this.#outcomes.add({ type: 'registration-failed', token, at: now, dueAt, fault, message })
    }
  }

  async #refresh(task: RefreshTask): Promise<void> {
    const { intervalMs } = this.#options
    const now = await this.#try('offers', task, () => this.#client.offers(task.id, task.answer))
    const at = this.#options.clock()
    const { token } = task
    if (!(now instanceof OffersError)) {
      const { offers, fingerprint: answer } = now
      const dueAt = at + intervalMs
      if (offers) this.#outcomes.add({ type: 'refreshed', token, at, dueAt, offers, answer })
      else this.#outcomes.add({ type: 'unchanged', token, at, dueAt })
    } else if (now.fault === 'paused') {
      this.#outcomes.add({ type: 'released', token })
    } else if (now.fault === 'not-found') {
      // If the clock was set back, the registration can lie in the future.
      const registeredAt = Math.min(at, Number(task.registeredAt))
      const dueAt = Math.max(at, registeredAt + intervalMs)
      const { fault, message } = now
      this.#outcomes.add({ type: 'forgotten', token, at, dueAt, fault, message })
    } else {
      const { fault, message } = now
      const dueAt = at + this.#retryWait.ms(task.failures + 1, fault, intervalMs)
      this.#outcomes.add({ type: 'refresh-failed', token, at, dueAt, fault, message })
    }
  }

  /** The result of the call, or the `OffersError` with which it failed. */
  async #try<T>(call: 'register' | 'offers', task: Task, run: () => Promise<T>) {
    const started = performance.now()
    this.#budget.spend(call)
    const result = await run().catch((error: unknown) =>
      error instanceof OffersError
        ? error
        : new OffersError('unavailable', CALL_FAILED_HERE, { cause: error }),
    )
    const error = result instanceof OffersError ? result : undefined
    if (error) this.#notePause()
    const ended = error?.fault ?? 'ok'
    this.#retryWait.ended(ended)
    this.#options.observer.called(call, ended, performance.now() - started)
    if (error) this.#options.observer.faulty(task.id, error)
    return result
  }

  /** Reports to the store a pause during which nothing is polled. */
  #notePause(): void {
    const until = this.#breaker.pausedUntil
    if (until === null || until === this.#notedPause) return
    this.#notedPause = until
    const noted = this.#store.pausePolls({ since: this.#options.clock(), until })
    this.#start(noted.catch((error: unknown) => this.#storeFailed(error)))
  }

  async #write(outcomes: Outcome[]): Promise<void> {
    const { refused } = await this.#store.settle(outcomes)
    if (refused.length > 0) this.#options.observer.refused(refused.length)
    const applied = outcomes.filter((outcome) => !refused.includes(outcome))
    if (!this.#failedRegistrations.shouldExpedite(applied)) return
    await this.#store.expediteRegistrations(this.#options.clock())
  }

  #storeFailed(error: unknown): void {
    this.#storeWait.begin(STORE_FAILED_WAIT_MS)
    this.#options.observer.storeFailed(error)
  }
}
