import { setTimeout as delay } from 'node:timers/promises'
import { Rounds } from '../../concurrency/in-flight.ts'
import type { Store, StoredWebhook, WebhookTask } from '../../db/store.ts'
import { toTime } from '../../schemas/to-time.ts'
import { Endpoint } from './endpoint.ts'
import type { AddressGuard } from './guard.ts'
import { type Message, testMessage } from './message.ts'
import { RecentChanges } from './recent-changes.ts'
import { type Attempt, Sender } from './sender.ts'
import { signedHeaders } from './signature.ts'
import { Slots } from './slots.ts'

/** The most attempts under way. */
const CONCURRENCY = 32

/** How long attempts under way may take to finish when the service stops. */
const CLOSE_GRACE_MS = 3_000

/** What comes of a message that waits for its turn when the deliveries end. */
const NOT_SENT: Attempt = {
  status: null,
  error: 'The deliveries ended before it was sent',
  retryAfter: undefined,
  date: undefined,
}

/** Callbacks that report how deliveries go. */
interface DeliveryObserver {
  attempted(isDelivered: boolean, durationMs: number): void
  failed(webhookId: string, error: string): void
  disabled(webhookId: string, why: string): void
  storeFailed(error: unknown): void
}

export interface DelivererOptions {
  store: Pick<
    Store,
    'changes' | 'lastSeq' | 'onChanges' | 'takeWebhooks' | 'saveDeliveries' | 'clock'
  >
  guard: AddressGuard
  timeoutMs: number
  proxy: string | undefined
  random: () => number
  /** How long to start no more attempts, in ms, for requests to be answered at once. */
  waitMs: () => number
  observer: DeliveryObserver
}

/** A webhook that this instance delivers for. */
interface Live {
  token: string
  endpoint: Endpoint
  sender: Sender
}

/** The secrets that messages are signed with at a time. */
function secretsOf({ secret, previousSecret, previousUntil }: StoredWebhook, now: number) {
  const isPreviousGood = previousSecret !== null && now < Number(previousUntil)
  return isPreviousGood ? [secret, previousSecret] : [secret]
}

/** Delivers the changes to all webhooks of this instance. */
export class Deliverer {
  readonly #options: DelivererOptions
  readonly #recent: RecentChanges
  /** The same for webhooks with a tag. */
  readonly #recentWithTags: RecentChanges
  readonly #slots = new Slots(CONCURRENCY)
  readonly #live = new Map<string, Live>()
  readonly #removeListener: () => void
  readonly #refreshing: Rounds
  #isClosed = false

  constructor(options: DelivererOptions) {
    this.#options = options
    this.#recent = new RecentChanges(options.store)
    this.#recentWithTags = new RecentChanges(options.store, true)
    this.#removeListener = options.store.onChanges(() => this.wake())
    this.#refreshing = new Rounds({
      round: () => this.#refresh(),
      failed: (error) => options.observer.storeFailed(error),
    })
  }

  /** The number of webhooks that it delivers for. */
  get size(): number {
    return this.#live.size
  }

  /** The number of those whose last attempt failed. */
  get failing(): number {
    return this.#live.values().reduce((sum, { endpoint }) => sum + Number(endpoint.isFailing), 0)
  }

  /** How many changes the one that is furthest behind has yet to get. */
  get lag(): number {
    const { lastSeq } = this.#options.store
    const lags = [...this.#live.values()].map(({ endpoint }) => lastSeq - endpoint.cursor)
    return Math.max(0, ...lags)
  }

  /** Delivers what is due. */
  wake(): void {
    for (const { endpoint } of this.#live.values()) void endpoint.wake()
  }

  /** Follows what clients and other instances have changed; resolves when it has. */
  refresh(): Promise<void> {
    return this.#refreshing.ask()
  }

  /** Records how far deliveries have come. A crash repeats what came after. */
  async flush(): Promise<void> {
    const endpoints = [...this.#live.values()].map(({ endpoint }) => endpoint)
    const taken = endpoints.flatMap((endpoint) => {
      const state = endpoint.takeUnsaved()
      return state ? [{ endpoint, state }] : []
    })
    if (taken.length === 0) return
    try {
      const states = taken.map(({ state }) => state)
      const refused = await this.#options.store.saveDeliveries(states)
      if (refused.length > 0) void this.refresh()
    } catch (error) {
      for (const { endpoint } of taken) endpoint.unsaved()
      this.#options.observer.storeFailed(error)
    }
  }

  /** Sends a test message, once. */
  async test(webhook: StoredWebhook): Promise<Attempt> {
    const sender = this.#senderTo(webhook.url)
    try {
      const message = testMessage(webhook.id, toTime(this.#options.store.clock()))
      return await this.#send(sender, webhook, message, true)
    } finally {
      await sender.close()
    }
  }

  /** Ends the attempts under way, and records how far they came. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#removeListener()
    await this.#refreshing.ended
    const all = [...this.#live.values()]
    const stopped = Promise.all(all.map((live) => this.#stop(live)))
    await Promise.race([stopped, delay(CLOSE_GRACE_MS, undefined, { ref: false })])
    await Promise.all(all.map(({ sender }) => sender.close()))
    await stopped
    await this.flush()
  }

  async #refresh(): Promise<void> {
    if (this.#isClosed) return
    const tasks = await this.#options.store.takeWebhooks()
    const tokens = new Map(tasks.map(({ id, token }) => [id, token]))
    const changed = [...this.#live].filter(([id, { token }]) => tokens.get(id) !== token)
    await Promise.all(changed.map(([id]) => this.#end(id)))
    for (const task of tasks) {
      if (!this.#live.has(task.id)) this.#begin(task)
    }
  }

  #begin(task: WebhookTask): void {
    const { store, random, observer } = this.#options
    const sender = this.#senderTo(task.url)
    const endpoint = new Endpoint(task, {
      recent: task.tag === null ? this.#recent : this.#recentWithTags,
      send: (message, isDoubtful) => this.#send(sender, task, message, isDoubtful),
      save: async (state) => {
        const refused = await store.saveDeliveries([state])
        if (refused.length > 0) void this.refresh()
        return refused.length === 0
      },
      pause: async () => {
        const wait = this.#options.waitMs()
        if (wait > 0) await delay(wait)
      },
      clock: store.clock,
      random,
      failed: (error) => observer.failed(task.id, error),
      disabled: (why) => observer.disabled(task.id, why),
      storeFailed: (error) => observer.storeFailed(error),
    })
    this.#live.set(task.id, { token: task.token, endpoint, sender })
    void endpoint.wake()
  }

  /** Ends the deliveries to a webhook, without waiting for its receiver. */
  async #end(id: string): Promise<void> {
    const live = this.#live.get(id)
    this.#live.delete(id)
    const stopped = live && this.#stop(live)
    await live?.sender.close()
    await stopped
  }

  /** Starts no more attempts, not even one that waits for a slot; resolves when the one under way has ended. */
  #stop({ endpoint, sender }: Live): Promise<void> {
    const stopped = endpoint.stop()
    this.#slots.dismiss(sender)
    return stopped
  }

  #senderTo(url: string): Sender {
    const { guard, timeoutMs, proxy, random, store } = this.#options
    return new Sender({ ...{ url, guard, timeoutMs, proxy, random }, clock: store.clock })
  }

  async #send(
    sender: Sender,
    webhook: StoredWebhook,
    message: Message,
    isDoubtful: boolean,
  ): Promise<Attempt> {
    const attempt = await this.#slots.use(sender, isDoubtful, async () => {
      const now = this.#options.store.clock()
      const headers = signedHeaders(message, secretsOf(webhook, now), now)
      const started = performance.now()
      const attempt = await sender.send({ headers, body: message.body })
      const durationMs = performance.now() - started
      this.#options.observer.attempted(attempt.error === null, durationMs)
      return attempt
    })
    return attempt ?? NOT_SENT
  }
}
