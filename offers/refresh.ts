import { Rounds } from '../concurrency/in-flight.ts'
import type { Outcome, RefreshTask, RegistrationTask, Store, Task } from '../db/store.ts'
import type { Breaker } from './breaker.ts'
import type { OffersClient } from './client.ts'
import { OffersError, type OffersFault } from './errors.ts'
import { OutcomeBatcher } from './outcome-batcher.ts'
import type { Pacer } from './pacer.ts'
import { RetryWait } from './retry-wait.ts'
import { Wait } from './wait.ts'

/**
 * While so many outcomes are not written nothing more is started: the store is slower than the Offers
 * service then. It keeps other writes from waiting long behind them.
 */
const MOST_UNWRITTEN = 600

/**
 * How much later a poll comes that had to make room for others, at most, and as a part of the interval: not
 * later than those that were tried instead come again.
 */
const POSTPONED_MS = 2_000
const POSTPONED_PART = 1 / 8

/** How long to start nothing after the store has failed, since all would only be done again. */
const STORE_FAILED_WAIT_MS = 5_000

/** Failed registrations are expedited so often at most, for there may be one that always fails. */
const HASTE_EVERY_MS = 5_000

/** The longest wait between two tries to register a product that the service keeps failing on. */
const LONGEST_REGISTRATION_WAIT_MS = 300_000

/** What is told of a call that failed in this service. */
const CALL_FAILED_HERE =
  'A fault of this service kept it from calling the Offers service; the log has its cause'

/** The outcomes of work for which the service gave what was wanted. */
const SUCCEEDED: Outcome['type'][] = ['registered', 'refreshed', 'unchanged']

/** What is told of the work as it goes on. */
export interface RefreshObserver {
  /** A call ended: `ok`, or the fault that it ended with, after so many ms. */
  called(call: 'register' | 'offers', result: 'ok' | OffersFault, durationMs: number): void
  /** The store failed to give work or to take outcomes; what was not written will be done again. */
  storeFailed(error: unknown): void
  /** The store refused so many outcomes, because their products have gone to another instance. */
  refused(outcomes: number): void
  /** The work on a product failed so. */
  faulty(productId: string, error: OffersError): void
}

/**
 * Keeps products registered and their offers fresh. Whenever it is woken it asks the store for the
 * work that is due, as much as concurrency, breaker and pace allow, and starts it; how each piece of
 * work ended is written in batches. No piece waits for another.
 */
export class Refresher {
  readonly #store: Store
  readonly #client: OffersClient
  readonly #breaker: Breaker
  readonly #pacer: Pacer
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
  /** Since the store has failed. */
  readonly #storeWait: Wait
  #waking: NodeJS.Timeout | undefined
  /** The end of the last pause that the store was told of. */
  #notedPause: number | null = null
  /** Registrations have failed since the last time that all were expedited. */
  #failedRegistrations = false
  /** Before they are expedited again. */
  readonly #hasteWait: Wait

  constructor(options: {
    store: Store
    client: OffersClient
    breaker: Breaker
    pacer: Pacer
    intervalMs: number
    concurrency: number
    clock: () => number
    random: () => number
    /** For how many ms no more is to be started, to make way for others; 0 for none. */
    waitMs: () => number
    observer: RefreshObserver
  }) {
    this.#store = options.store
    this.#client = options.client
    this.#breaker = options.breaker
    this.#pacer = options.pacer
    this.#options = options
    this.#retryWait = new RetryWait(options)
    this.#storeWait = new Wait(options.clock)
    this.#hasteWait = new Wait(options.clock)
    this.#longestWaits = {
      registration: Math.max(options.intervalMs, LONGEST_REGISTRATION_WAIT_MS),
      refresh: options.intervalMs,
    }
  }

  /**
   * Starts the work that is due. Calls that come while it does so become one more round. It never
   * rejects.
   */
  wake(): Promise<void> {
    return this.#handingOut.ask()
  }

  /** Starts nothing more; resolves when what was under way has ended and is written. */
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
    if (this.#outcomes.unwritten >= MOST_UNWRITTEN) return
    const wait = this.#options.waitMs()
    if (wait > 0) return this.#wakeIn(wait)
    await this.#store.correctDueTimes(now, this.#longestWaits)
    // A capacity of one is a probe. Then it matters little what is due, as long as something goes out.
    const probing = this.#breaker.capacity === 1
    let free = Math.min(this.#breaker.capacity, this.#options.concurrency - this.#running.size)
    if (free <= 0) return

    // New products must not wait for polls, nor polls for an import of new products.
    const half = Math.ceil(this.#options.concurrency / 2)
    const most = Math.max(0, Math.min(free, half - this.#registering))
    const registrations = await this.#store.takeRegistrations(now, most)
    for (const task of registrations) this.#start(this.#register(task))
    free -= registrations.length

    const allowance = this.#pacer.allowance(now, await this.#store.share())
    const refreshes = await this.#store.takeRefreshes(now, {
      most: free,
      due: probing ? free : Math.min(free, allowance.due),
      early: probing ? free : Math.min(free, allowance.early),
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
   * Polls a product, unless it failed the last time and enough of that kind are under way: should they
   * all hang until their deadline, there must be room left for the others.
   */
  #startRefresh(task: RefreshTask): void {
    if (task.failures === 0) {
      this.#start(this.#refresh(task))
    } else if (this.#retrying < Math.ceil(this.#options.concurrency / 4)) {
      this.#start(this.#retry(task))
    } else {
      const { clock, intervalMs } = this.#options
      const dueAt = clock() + Math.min(POSTPONED_MS, intervalMs * POSTPONED_PART)
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
      // In groups, so that the store is not asked for each one alone.
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
      // By a clock that was put back it can have been registered in the future.
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

  /** What the call gave, or the error of the Offers service that it ended with. */
  async #try<T>(call: 'register' | 'offers', task: Task, run: () => Promise<T>) {
    const started = performance.now()
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

  /** Lets the store know of a pause in which nothing is polled. */
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
    const types = new Set(applied.map(({ type }) => type))
    if (types.has('registration-failed')) this.#failedRegistrations = true
    const succeeded = SUCCEEDED.some((type) => types.has(type))
    if (!this.#failedRegistrations || !succeeded || !this.#hasteWait.isOver) return
    // Calls go well that did not before: what failed then need not wait for its time.
    this.#failedRegistrations = false
    this.#hasteWait.begin(HASTE_EVERY_MS)
    await this.#store.expediteRegistrations(this.#options.clock())
  }

  #storeFailed(error: unknown): void {
    this.#storeWait.begin(STORE_FAILED_WAIT_MS)
    this.#options.observer.storeFailed(error)
  }
}
