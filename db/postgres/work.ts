import { MINUTE_MS } from '../../history/time.ts'
import { AT_ONCE } from '../at-once.ts'
import type { KeyedOutcome } from '../settle.ts'
import type { RefreshLimits, RefreshTask, RegistrationTask } from '../store.ts'
import { statement } from './connection.ts'
import { DueQueue } from './due-queue.ts'
import { IS_REOPENING } from './operations/reregistration.ts'
import type { Queryable } from './reader.ts'
import { tokenOf } from './tokens.ts'

/** The number of shards into which products are divided by their keys. */
export const SHARDS = 256

const shardOf = (key: number) => key % SHARDS

/** How long a product is not handed out after its outcome could not be written because of damage. */
const HELD_BACK_MS = 10 * MINUTE_MS

/** The identity of this instance, and its shards. */
export interface Ownership {
  /** Undefined while it has no lease, because it has not joined or has lost it. */
  readonly id: string | undefined
  readonly shards: ReadonlySet<number>
}

type Due<Task> = Omit<Task, 'token'> & { key: number }

/** The number of due times to read at once: some 50 ms of work. */
const LOADED_AT_ONCE = 20_000

const selectDue = statement<{ key: number; dueAt: number }>(
  'work-due',
  `SELECT product_key AS key, due_at AS "dueAt" FROM polls
   WHERE due_at IS NOT NULL AND (product_key & ${SHARDS - 1}) = ANY($1::bigint[]) AND product_key > $2
   ORDER BY product_key LIMIT ${LOADED_AT_ONCE}`,
)

/**
 * Whether no work may be handed out at a time: the Offers service has asked an instance for a pause, or all products
 * are about to be registered again.
 */
const isPausedAt = (now: string) =>
  `(EXISTS (SELECT FROM pauses WHERE ${now} >= pauses.since AND ${now} < pauses.until) OR ${IS_REOPENING})`

const ALIVE = 'EXISTS (SELECT FROM instances WHERE instances.id = $1)'

const selectPolls = statement<Due<RefreshTask> & { isPaused: boolean }>(
  'work-polls',
  `SELECT key, id, failures, registered_at AS "registeredAt", answer,
     ${isPausedAt('$3::bigint')} AS "isPaused"
   FROM products JOIN polls ON product_key = key
   WHERE key = ANY($2::bigint[]) AND due_at IS NOT NULL AND ${ALIVE}`,
)

const selectRegistrations = statement<Due<RegistrationTask>>(
  'work-registrations',
  `SELECT key, id, registration_failures AS failures, name, description, version,
     registered_at AS "registeredAt"
   FROM products WHERE register_at <= $2 AND (key & ${SHARDS - 1}) = ANY($3::bigint[])
     AND key <> ALL($4::bigint[]) AND ${ALIVE} AND NOT ${isPausedAt('$6::bigint')}
   ORDER BY register_at, key LIMIT $5`,
)

/**
 * Hands out the due products of this instance's shards. Polls are kept in memory, in order of their due times, so that
 * handing one out writes nothing. Registrations are read when they are asked for.
 */
export class Work {
  readonly #db: Queryable
  readonly #ownership: Ownership
  /** The due times of all polls, whether handed out or not. */
  readonly #due = new Map<number, number>()
  #queue = new DueQueue()
  readonly #taken = new Set<number>()
  /** Taken products whose outcomes cannot be written because of damage, and when that was found. */
  readonly #heldBack = new Map<number, number>()
  readonly #listeners = new Set<() => void>()
  /** No poll is due later than this. */
  #latest = 0
  /** Calls take turns, because otherwise two could be given the same product. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(db: Queryable, ownership: Ownership) {
    this.#db = db
    this.#ownership = ownership
  }

  /** Tells the listeners that a registration is due. */
  announce(): void {
    for (const listener of this.#listeners) listener()
  }

  onRegistrationsDue(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** How many registered products this instance polls. */
  get share(): number {
    return this.#due.size
  }

  /** When the last poll is due; undefined if there are none. */
  latestDue(atMost: number): number | undefined {
    if (this.#latest > atMost) this.#latest = this.#due.values().reduce((a, b) => Math.max(a, b), 0)
    return this.#due.size > 0 ? this.#latest : undefined
  }

  /** Whether work on products of a shard is in flight. */
  isBusy(shard: number): boolean {
    const isUnderWay = (key: number) => shardOf(key) === shard && !this.#heldBack.has(key)
    return this.#taken.values().some(isUnderWay)
  }

  /** Reads the due times of the polls of shards, except shards that were given up during the read. */
  async load(shards: Iterable<number>): Promise<void> {
    const wanted = [...shards]
    let rows = await this.#db.query(selectDue, [wanted, 0])
    while (rows.length > 0) {
      for (const { key, dueAt } of rows) if (this.#isOwn(key)) this.#set(key, dueAt)
      rows = await this.#db.query(selectDue, [wanted, rows.at(-1)?.key])
    }
  }

  /** Forgets the products of shards that are being released. */
  drop(shards: ReadonlySet<number>): void {
    for (const key of this.#due.keys()) if (shards.has(shardOf(key))) this.forget(key)
  }

  /** Forgets all products, because other instances have taken them over. */
  clear(): void {
    this.#due.clear()
    this.#taken.clear()
    this.#heldBack.clear()
    this.#queue = new DueQueue()
  }

  /** Drops all polls, because every product must be registered again first. */
  stopPolls(): void {
    for (const key of this.#due.keys()) this.forget(key)
  }

  forget(key: number): void {
    this.#due.delete(key)
    this.#queue.delete(key)
  }

  takeRegistrations(dueBy: number, limit: number, now: number): Promise<RegistrationTask[]> {
    return this.#inTurn(async () => {
      const { id, shards } = this.#ownership
      if (id === undefined || limit <= 0) return []
      const by = Math.min(dueBy, Number.MAX_SAFE_INTEGER)
      const values = [id, by, [...shards], [...this.#taken], limit, now]
      const found = await this.#db.query(selectRegistrations, values)
      if (this.#ownership.id !== id) return []
      // A shard may have been given up since the query was sent, so that another instance hands out its products.
      const own = found.filter(({ key }) => this.#isOwn(key))
      for (const { key } of own) this.#taken.add(key)
      return own.map(({ key, ...task }) => ({ ...task, token: tokenOf(id, key) }))
    })
  }

  takeRefreshes(now: number, limits: RefreshLimits): Promise<RefreshTask[]> {
    return this.#inTurn(async () => {
      const { id } = this.#ownership
      while (id !== undefined && id === this.#ownership.id) {
        const keys = this.#takeDue(now, limits)
        if (keys.length === 0) break
        const tasks = await this.#read(id, keys, now)
        if (tasks === 'paused') break
        // All of them may have been deleted, or be pending again. Then the next ones in the queue are tried.
        if (tasks.length > 0) return tasks
      }
      return []
    })
  }

  /** Keeps a taken product from being handed out for a while. */
  holdBack(key: number, now: number): void {
    this.#heldBack.set(key, now)
  }

  /** Frees the products that were held back for long enough. */
  freeHeldBack(now: number): void {
    for (const [key, since] of this.#heldBack) {
      if (Math.abs(now - since) < HELD_BACK_MS) continue
      this.#heldBack.delete(key)
      this.#free(key)
    }
  }

  /** Frees the products of outcomes for their next tasks. If outcomes were not applied, they are due as before. */
  settled(outcomes: readonly KeyedOutcome[], isApplied: boolean): void {
    for (const outcome of outcomes) {
      if (this.#heldBack.has(outcome.key)) continue
      // A commit whose connection was lost may have stored the registration. If not, the next read forgets the product.
      if (isApplied || outcome.type === 'registered') this.#apply(outcome)
      if (outcome.type === 'registered' && isApplied) continue
      this.#free(outcome.key)
    }
  }

  /** Whether a product is in a shard of this instance. */
  #isOwn(key: number): boolean {
    return this.#ownership.shards.has(shardOf(key))
  }

  /** Frees a taken product, so that it is handed out again when it is due. */
  #free(key: number): void {
    this.#taken.delete(key)
    const dueAt = this.#due.get(key)
    if (dueAt !== undefined) this.#queue.set(key, dueAt)
  }

  #apply(outcome: KeyedOutcome): void {
    const { key } = outcome
    switch (outcome.type) {
      case 'registered':
        // Its shard may have been given up meanwhile; then the next owner reads when it is due.
        if (this.#isOwn(key)) this.#due.set(key, AT_ONCE)
        break
      case 'refreshed':
      case 'unchanged':
      case 'refresh-failed':
      case 'postponed':
        // A product that is pending again has no due time, and must not get one.
        if (this.#due.has(key)) this.#note(key, outcome.dueAt)
        break
      case 'rejected':
      case 'registration-failed':
      case 'forgotten':
        this.forget(key)
        break
      case 'released':
    }
  }

  /** Takes products from the queue as far as the limits allow. */
  #takeDue(now: number, { most, due, early }: RefreshLimits): number[] {
    const keys: number[] = []
    for (let next = this.#queue.first(); next; next = this.#queue.first()) {
      const later = next.dueAt <= now ? due : early
      if (keys.length >= (next.dueAt === AT_ONCE ? most : later)) break
      this.#queue.delete(next.key)
      this.#taken.add(next.key)
      keys.push(next.key)
    }
    return keys
  }

  /**
   * Reads the tasks of products that were taken, and forgets products that must not be polled. If this instance lost
   * its lease meanwhile, all its work was forgotten or read again, so nothing is handed out or freed.
   */
  async #read(id: string, keys: number[], now: number): Promise<RefreshTask[] | 'paused'> {
    try {
      const rows = await this.#db.query(selectPolls, [id, keys, now])
      if (this.#ownership.id !== id) return []
      if (rows.some(({ isPaused }) => isPaused)) {
        for (const key of keys) this.#free(key)
        return 'paused'
      }
      const found = new Map(rows.map((row) => [row.key, row]))
      return keys.flatMap((wanted) => {
        const row = found.get(wanted)
        if (!row) {
          this.#taken.delete(wanted)
          this.forget(wanted)
          return []
        }
        const { key, isPaused: _, ...task } = row
        return { ...task, token: tokenOf(id, key) }
      })
    } catch (error) {
      if (this.#ownership.id === id) for (const key of keys) this.#free(key)
      throw error
    }
  }

  #set(key: number, dueAt: number): void {
    this.#note(key, dueAt)
    if (!this.#taken.has(key)) this.#queue.set(key, dueAt)
  }

  #note(key: number, dueAt: number): void {
    this.#due.set(key, dueAt)
    this.#latest = Math.max(this.#latest, dueAt)
  }

  #inTurn<T>(take: () => Promise<T>): Promise<T> {
    const taking = this.#turn.then(take)
    this.#turn = taking.catch(() => {})
    return taking
  }
}
