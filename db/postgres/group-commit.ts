import { OutcomeUnknown, StoreUnavailable } from '../errors.ts'
import type { StoreObserver } from '../store.ts'
import { WRITE_LOCK } from './advisory-locks.ts'
import type { ConnectionConfig } from './config.ts'
import {
  Connection,
  ConnectionLost,
  isRefusal,
  isWriteConflict,
  type Link,
  storeError,
} from './connection.ts'
import { FeedDraft } from './feed-draft.ts'
import { type Queryable, run } from './reader.ts'

/** An open transaction. What it adds to the feed is written last. */
export interface Transaction extends Queryable {
  readonly feed: FeedDraft
}

/** A part of a transaction. It may run again after a rollback. */
export type Operation<Result> = (transaction: Transaction) => Promise<Result>

interface PendingCall {
  apply: Operation<unknown>
  /** How many writes it counts as: 1, or 0 for the upkeep of the instance itself. */
  writes: 0 | 1
  resolve: (value: never) => void
  reject: (error: Error) => void
}

/** Receives the events of the writer. */
export interface WriterObserver {
  committed?: StoreObserver['committed']
  /** A commit of this instance added changes to the feed, up to this one. */
  changed(lastSeq: number): void
}

const writesOf = (calls: PendingCall[]) => calls.reduce((sum, { writes }) => sum + writes, 0)

/** The maximum number of calls in a transaction. */
const MAX_CALLS = 500

/** No more calls join a transaction after this time, because others wait for its locks. */
const MAX_OPEN_MS = 100

/** The maximum number of attempts of a call that keeps conflicting with other transactions. */
const MAX_ATTEMPTS = 10

const LOCK_TOGETHER = `SELECT pg_advisory_xact_lock_shared(${WRITE_LOCK})`
const LOCK_ALONE = `SELECT pg_advisory_xact_lock(${WRITE_LOCK})`

/**
 * Applies writes through one connection. Those that arrive while a transaction is in progress share the next one. One
 * that fails does not fail the others: each is then retried in a transaction of its own.
 */
export class GroupCommit {
  readonly #connection: Connection
  readonly #observer: WriterObserver
  readonly #monotonic: () => number
  #waiting: PendingCall[] = []
  /** The number of writes in the current transaction. */
  #running = 0
  #worker: Promise<void> | undefined
  #closed = false

  constructor(
    config: ConnectionConfig,
    observer: WriterObserver,
    monotonic: () => number = () => performance.now(),
  ) {
    this.#connection = new Connection(config)
    this.#observer = observer
    this.#monotonic = monotonic
  }

  /** The number of writes that wait for their commit. */
  get queued(): number {
    return writesOf(this.#waiting) + this.#running
  }

  /**
   * Applies an operation, and resolves with its result once that is committed. Retries it once if the connection was
   * lost before the commit. Rejects with `StoreUnavailable` if it never takes effect, and with `OutcomeUnknown` if the
   * connection was lost during the commit.
   */
  call<Result>(apply: Operation<Result>): Promise<Result> {
    return this.#enqueue(apply, 1)
  }

  /** Applies an operation in the same way, but does not report it as a write. */
  upkeep<Result>(apply: Operation<Result>): Promise<Result> {
    return this.#enqueue(apply, 0)
  }

  #enqueue<Result>(apply: Operation<Result>, writes: PendingCall['writes']): Promise<Result> {
    if (this.#closed) {
      return Promise.reject(new StoreUnavailable(new Error('the store is closed')))
    }
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ apply, writes, resolve, reject })
      this.#worker ??= this.#work()
    })
  }

  /** Accepts no more operations, finishes the accepted ones, and closes the connection. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#worker
    await this.#connection.close()
  }

  async #work(): Promise<void> {
    await new Promise(setImmediate) // So that the writes of one turn of the event loop share a transaction.
    while (this.#waiting.length > 0) {
      const calls = this.#waiting.splice(0, MAX_CALLS)
      this.#running = writesOf(calls)
      await this.#commit(calls)
    }
    this.#worker = undefined
  }

  async #commit(calls: PendingCall[], attempt = 1, isAlone = false): Promise<void> {
    try {
      await this.#attempt(calls, isAlone)
      return
    } catch (error) {
      const isConflict = isWriteConflict(error)
      const isLost = error instanceof ConnectionLost
      // Nothing was committed. Often only this connection was lost, so a new one is tried, once.
      if (isLost && attempt === 1) return this.#commit(calls, 2, isAlone)
      const isOver = isLost || error instanceof OutcomeUnknown
      const isRepeatable = calls.length > 1 ? !isOver : isConflict && attempt < MAX_ATTEMPTS
      if (!isRepeatable) {
        this.#running -= writesOf(calls)
        for (const { reject } of calls) reject(storeError(error))
        return
      }
      const next = calls.length > 1 ? 1 : attempt + 1
      for (const call of calls) await this.#commit([call], next, isConflict)
    }
  }

  /** Leaves calls to the next transaction. */
  #postpone(calls: PendingCall[]): void {
    this.#running -= writesOf(calls)
    this.#waiting.unshift(...calls)
  }

  /** Applies calls, except those that it postpones. Throws if none was applied, or if that is unknown. */
  async #attempt(calls: PendingCall[], isAlone: boolean): Promise<void> {
    const link = await this.#connection.link()
    const started = this.#monotonic()
    const { client, config } = link
    const feed = new FeedDraft()
    const transaction: Transaction = {
      feed,
      query: (statement, values = []) => run(link, statement, values),
    }
    const begun = client.query(`${config.begin}; ${isAlone ? LOCK_ALONE : LOCK_TOGETHER}`)
    begun.catch(() => {}) // The next statement fails as well, and reports it.
    const values: unknown[] = []
    let lastSeq: number | undefined
    try {
      for (const [index, { apply }] of calls.entries()) {
        if (index > 0 && this.#monotonic() - started > MAX_OPEN_MS) {
          this.#postpone(calls.splice(index))
          break
        }
        values.push(await apply(transaction))
      }
      lastSeq = await commit(link, feed)
    } catch (error) {
      const isUsable = !(error instanceof ConnectionLost || error instanceof OutcomeUnknown)
      if (isUsable) await client.query('ROLLBACK').catch(() => this.#connection.discard())
      else this.#connection.discard()
      throw error
    }
    const writes = writesOf(calls)
    if (writes > 0) this.#observer.committed?.(this.#monotonic() - started, writes)
    this.#running -= writes // First, so that callers who waited for the commit see the new count.
    for (const [index, { resolve }] of calls.entries()) resolve(values[index] as never)
    if (lastSeq !== undefined) this.#observer.changed(lastSeq)
  }
}

/** Commits a transaction in one round trip. Returns the `seq` of its last change, if it has changes. */
async function commit(link: Link, feed: FeedDraft): Promise<number | undefined> {
  const { statement, values } = feed.append
  const appended = feed.isEmpty ? [] : run(link, statement, values)
  const [rows, ended] = await Promise.allSettled([appended, link.client.query('COMMIT')])
  if (rows.status === 'rejected' && isRefusal(rows.reason)) throw rows.reason
  if (ended.status === 'rejected') {
    throw isRefusal(ended.reason) ? ended.reason : new OutcomeUnknown(ended.reason)
  }
  if (ended.value.command !== 'COMMIT' || rows.status === 'rejected') {
    throw new Error('The server rolled the transaction back')
  }
  return rows.value[0]?.seq
}
