import type { Database } from 'better-sqlite3'
import type { FreshSpan } from '../encoding/product.ts'
import { ProductNotFound, StoreDamaged } from '../errors.ts'
import { present } from '../present.ts'
import type { StoreOptions, Totals } from '../store.ts'
import { alertReads } from './alert-reads.ts'
import { catalogueReader } from './catalogue.ts'
import { CommitCount } from './commit-count.ts'
import { openConnection } from './connection.ts'
import { productCounter } from './count.ts'
import { storeError } from './damage/errors.ts'
import { DamageWatch } from './damage/watch.ts'
import { historyReads } from './history.ts'
import type { DatabaseLock } from './lock.ts'
import { ReadTransaction } from './read-transaction.ts'
import { reads } from './reads.ts'
import { ReadyAnswers } from './ready-answers.ts'
import { selector } from './selection.ts'
import { webhookReads } from './webhook-rows.ts'
import { Writer } from './writer.ts'

/** Opens the reader of the calling thread. */
function openReader(path: string, staleAfterMs: number) {
  const connection = openConnection(path, { readonly: true, fileMustExist: true })
  connection.pragma('cache_size = -32768')
  const select = selector(connection)
  return {
    connection,
    transaction: new ReadTransaction(connection),
    reads: reads(connection),
    readPage: catalogueReader(connection, select),
    countProducts: productCounter(connection, select),
    history: historyReads(connection, staleAfterMs),
    alerts: alertReads(connection),
    webhooks: webhookReads(connection),
  }
}

type Reader = ReturnType<typeof openReader>

/** An open database file: its reader, its writer, and the lock on it. */
export class Session {
  readonly options: StoreOptions
  readonly writer: Writer
  readonly reads: Reader['reads']
  readonly readPage: Reader['readPage']
  readonly countProducts: Reader['countProducts']
  readonly history: Reader['history']
  readonly alerts: Reader['alerts']
  readonly webhooks: Reader['webhooks']
  readonly watch: DamageWatch
  readonly ready: ReadyAnswers
  /** The listeners to call after each commit with changes. */
  readonly changeListeners: Set<(lastSeq: number) => void>
  readonly #connection: Database
  readonly #transaction: ReadTransaction
  readonly #lock: DatabaseLock
  readonly #commitCount: CommitCount

  private constructor(
    lock: DatabaseLock,
    writer: Writer,
    reader: Reader,
    options: StoreOptions,
    changeListeners: Set<(lastSeq: number) => void>,
    watch: DamageWatch,
    commitCount: CommitCount,
    ready: ReadyAnswers,
  ) {
    this.options = options
    this.writer = writer
    this.reads = reader.reads
    this.readPage = reader.readPage
    this.countProducts = reader.countProducts
    this.history = reader.history
    this.alerts = reader.alerts
    this.webhooks = reader.webhooks
    this.watch = watch
    this.changeListeners = changeListeners
    this.#connection = reader.connection
    this.#transaction = reader.transaction
    this.#lock = lock
    this.#commitCount = commitCount
    this.ready = ready
  }

  /** Opens the file at `path`, which must be up to date and locked for this process. */
  static async open(path: string, lock: DatabaseLock, options: StoreOptions): Promise<Session> {
    const listeners = new Set<(lastSeq: number) => void>()
    const { staleAfterMs, observer, clock, readyBytes = 0 } = options
    const watch = new DamageWatch(path, (damage) => observer?.damaged?.(damage))
    const opening = Writer.open(
      { path, staleAfterMs },
      {
        ...observer,
        committed(durationMs, writes) {
          reader.transaction.end() // So that whoever learns of the commit can also read it.
          observer?.committed(durationMs, writes)
        },
        announced: (announcement) => ready.announced(announcement, !reader.transaction.isOpen),
        changed(lastSeq) {
          for (const listener of listeners) listener(lastSeq)
        },
        foundDamage: (damage) => watch.suspect(damage),
      },
    )
    opening.catch(() => {}) // Handled when it is awaited below, unless the reader fails first.
    const reader = openReader(path, staleAfterMs) // In parallel with the start of the writer thread.
    const writer = await opening
    const commitCount = new CommitCount(path)
    const ready = new ReadyAnswers({
      ...{ bytes: readyBytes, clock, announced: writer.commits },
      count: () => commitCount.read(),
    })
    return new Session(lock, writer, reader, options, listeners, watch, commitCount, ready)
  }

  now(): number {
    return this.options.clock()
  }

  /** Runs queries on one snapshot. Turns errors of the database into errors of the store. */
  read<T>(query: () => T): T {
    try {
      if (this.#transaction.begin()) this.ready.forgetCount()
      return query()
    } catch (error) {
      const failure = storeError(error)
      if (failure instanceof StoreDamaged) this.watch.suspect(failure)
      throw failure
    }
  }

  /** The key of a product; undefined if there is none. */
  findKey(productId: string): number | undefined {
    return this.#findChecked(productId)?.key
  }

  /** The key of a product. Throws `ProductNotFound`. */
  keyOf(productId: string): number {
    return this.checked(productId).key
  }

  /** The key of a product, and when it was last polled with success. Throws `ProductNotFound`. */
  checked(productId: string): { key: number; checkedAt: number | null } {
    const row = this.#findChecked(productId)
    if (!row) throw new ProductNotFound(productId)
    return row
  }

  #findChecked(productId: string) {
    return this.read(() => this.reads.checked.get({ id: productId }))
  }

  /** When a product must have been checked to be fresh at the given time. */
  freshSpan(at = this.now()): FreshSpan {
    return { since: at - this.options.staleAfterMs, until: at }
  }

  totals(): Totals {
    return this.read(() => present(this.reads.totals.get(), 'the totals'))
  }

  async close(): Promise<void> {
    await this.watch.close()
    // The last connection to close checkpoints the log and removes it, so that is normally the writer. If the file was
    // replaced, nothing may be written to the new one: then the reader, which cannot write, closes last.
    if (!this.writer.lost) this.#connection.close()
    await this.writer.close()
    this.#connection.close()
    this.#commitCount.close()
    this.#lock.release()
  }
}
