import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from 'better-sqlite3'
import type { Span } from '../../history/coverage.ts'
import type { LowestChange } from '../../history/movers.ts'
import type { PriceRecord } from '../../schemas/export.ts'
import type { ProductOffers } from '../../schemas/offer.ts'
import type { NewProduct, Product, ProductPatch } from '../../schemas/product.ts'
import { ChangesCompacted, OfferNotFound, ProductNotFound, StoreDamaged } from '../errors.ts'
import type {
  ChangePage,
  ChangeQuery,
  Compaction,
  Credentials,
  Damage,
  Freshness,
  HistoryWindow,
  Outcome,
  PriceHistory,
  ProductHistory,
  ProductPage,
  ProductQuery,
  RefreshLimits,
  RefreshTask,
  RegistrationTask,
  Settlement,
  Store,
  StoredProduct,
  StoreOptions,
  Totals,
} from '../store.ts'
import { catalogueReader } from './catalogue.ts'
import { claimFile } from './claim.ts'
import { Compactor } from './compactor.ts'
import { openConnection } from './connection.ts'
import { storeError } from './damage/errors.ts'
import { explained } from './damage/explain.ts'
import { DamageWatch } from './damage/watch.ts'
import type { Waits } from './due.ts'
import { historyReads } from './history.ts'
import type { DatabaseLock } from './lock.ts'
import { migrate } from './migrate.ts'
import { present } from './present.ts'
import { ProductWrites } from './product-writes.ts'
import { readAhead } from './read-ahead.ts'
import { ReadTransaction } from './read-transaction.ts'
import { reads } from './reads.ts'
import { type FreshSpan, toFreshness, toProduct, toStoredProduct } from './rows.ts'
import { bringUpToDate } from './search-index.ts'
import { applyOutcomes } from './settle.ts'
import { type KeyedOutcome, TaskTokens } from './task-tokens.ts'
import { Work } from './work.ts'
import { Writer } from './writer.ts'

/** What the calling thread reads with. */
function openReader(path: string, staleAfterMs: number) {
  const connection = openConnection(path, { readonly: true, fileMustExist: true })
  connection.pragma('cache_size = -32768')
  return {
    connection,
    transaction: new ReadTransaction(connection),
    reads: reads(connection),
    readPage: catalogueReader(connection),
    history: historyReads(connection, staleAfterMs),
  }
}

/**
 * The store in one SQLite file. It reads on the calling thread through a connection that cannot
 * write, and hands every write to the writer's thread.
 */
export class SqliteStore implements Store {
  readonly #lock: DatabaseLock
  readonly #writer: Writer
  readonly #connection: Database
  readonly #transaction: ReadTransaction
  readonly #reads: ReturnType<typeof reads>
  readonly #readPage: ReturnType<typeof catalogueReader>
  readonly #history: ReturnType<typeof historyReads>
  readonly #options: StoreOptions
  readonly #watch: DamageWatch
  readonly #listeners = new Set<() => void>()
  readonly #changeListeners: Set<(lastSeq: number) => void>
  readonly #compactor: Compactor
  readonly #tokens = new TaskTokens()
  readonly #work: Work
  readonly #productWrites: ProductWrites

  private constructor(
    lock: DatabaseLock,
    writer: Writer,
    reader: ReturnType<typeof openReader>,
    options: StoreOptions,
    changeListeners: Set<(lastSeq: number) => void>,
    watch: DamageWatch,
  ) {
    this.#changeListeners = changeListeners
    this.#history = reader.history
    this.#lock = lock
    this.#writer = writer
    this.#connection = reader.connection
    this.#transaction = reader.transaction
    this.#reads = reader.reads
    this.#readPage = reader.readPage
    this.#options = options
    this.#watch = watch
    this.#compactor = new Compactor(
      (question) => this.#read(() => question(reader.history.compaction)),
      writer,
      options.clock,
    )
    const { registrations, registrationPlaces, refreshes, refreshPlaces } = this.#reads
    const read = <Result>(query: () => Result) => this.#read(query)
    this.#work = new Work(this.#tokens, {
      registrations: readAhead(read, registrations, registrationPlaces),
      refreshes: readAhead(read, refreshes, refreshPlaces),
    })
    this.#productWrites = new ProductWrites(writer, this.#work, {
      ...options,
      freshSpan: () => this.#freshSpan(),
      announce: () => this.#announce(),
    })
  }

  /**
   * Opens the file at `path`, made if missing, and brings its tables up to date. No other process has
   * it open until it is closed.
   */
  static async open(path: string, options: StoreOptions): Promise<SqliteStore> {
    const { waitMs, observer } = options
    const { file, lock } = await claimFile(path, { waitMs, onWait: observer?.waiting })
    try {
      migrate(file)
      await bringUpToDate(file, observer?.indexing)
      return await SqliteStore.#open(resolve(path), lock, options)
    } catch (error) {
      lock.release()
      throw explained(file, error)
    }
  }

  static async #open(
    path: string,
    lock: DatabaseLock,
    options: StoreOptions,
  ): Promise<SqliteStore> {
    const listeners = new Set<(lastSeq: number) => void>()
    const { staleAfterMs, observer } = options
    const watch = new DamageWatch(path, (damage) => observer?.damaged?.(damage))
    const opening = Writer.open(
      { path, staleAfterMs },
      {
        ...observer,
        committed(durationMs, writes) {
          reader.transaction.end() // Before anyone hears of what was written and reads it.
          observer?.committed(durationMs, writes)
        },
        changed(lastSeq) {
          for (const listener of listeners) listener(lastSeq)
        },
        met: (damage) => watch.met(damage),
      },
    )
    opening.catch(() => {}) // It is awaited below, unless the reader fails before.
    const reader = openReader(path, staleAfterMs) // While the writer's thread starts.
    return new SqliteStore(lock, await opening, reader, options, listeners, watch)
  }

  createProduct(item: NewProduct, id?: string): Promise<StoredProduct> {
    return this.#productWrites.create(item, id)
  }

  createProducts(items: NewProduct[]): Promise<Product[]> {
    return this.#productWrites.createAll(items)
  }

  async product(id: string): Promise<StoredProduct> {
    const product = this.#read(() => {
      const row = this.#reads.product.get({ id })
      return row && toStoredProduct(row, this.#freshSpan())
    })
    if (!product) throw new ProductNotFound(id)
    return product
  }

  async products(query: ProductQuery): Promise<ProductPage> {
    const fresh = this.#freshSpan()
    return this.#read(() => {
      const rows = this.#readPage(query, query.limit + 1, fresh)
      const page = rows.slice(0, query.limit)
      const last = rows.length > page.length ? page.at(-1) : undefined
      return {
        items: page.map((row) => toProduct(row, fresh)),
        next: last ? { sortKey: last.sortKey ?? null, key: last.key } : null,
      }
    })
  }

  updateProduct(id: string, patch: ProductPatch, versions?: number[]): Promise<StoredProduct> {
    return this.#productWrites.update(id, patch, versions)
  }

  deleteProduct(id: string, versions?: number[]): Promise<void> {
    return this.#productWrites.delete(id, versions)
  }

  async offers(productId: string): Promise<string> {
    const row = this.#read(() => this.#reads.offers.get({ id: productId }))
    if (!row) throw new ProductNotFound(productId)
    const freshness = JSON.stringify(toFreshness(row.checkedAt, this.#freshSpan()))
    return `{"items":${row.offers ?? '[]'},${freshness.slice(1)}`
  }

  async offersAt(productId: string, at: number): Promise<ProductOffers> {
    const { key } = this.#checked(productId)
    const now = this.#options.clock()
    const { items, checkedAt } = this.#read(() => this.#history.offers(key, at, now))
    return { items, ...toFreshness(checkedAt, this.#freshSpan(at)) }
  }

  async productHistory(productId: string, window: HistoryWindow): Promise<ProductHistory> {
    const { key } = this.#checked(productId)
    const now = this.#options.clock()
    return this.#read(() => this.#history.windows.product(key, until(now, window), now))
  }

  async offerHistory(
    productId: string,
    offerId: string,
    window: HistoryWindow,
  ): Promise<PriceHistory> {
    const { key } = this.#checked(productId)
    const now = this.#options.clock()
    const history = this.#read(() =>
      this.#history.windows.offer(key, offerId, until(now, window), now),
    )
    if (!history) throw new OfferNotFound(productId, offerId)
    return history
  }

  async *prices(
    window: { from: number; to: number },
    productId?: string,
  ): AsyncGenerator<PriceRecord[]> {
    const now = this.#options.clock()
    const { from, to } = until(now, window)
    const only = productId === undefined ? undefined : this.#checked(productId)
    const exported = only && { key: only.key, id: String(productId) }
    if (from <= to) yield* this.#patiently(this.#history.prices(from, to, now, exported))
  }

  lowestChanges(from: number): AsyncIterable<LowestChange[]> {
    return this.#patiently(this.#history.lowestChanges(from, this.#options.clock()))
  }

  async changes(query: ChangeQuery): Promise<ChangePage> {
    const page = this.#read(() => this.#history.changes(query))
    if ('compacted' in page) throw new ChangesCompacted(Number(query.after), page.compacted)
    return page
  }

  get lastSeq(): number {
    return this.#writer.lastSeq
  }

  onChanges(listener: (lastSeq: number) => void): () => void {
    this.#changeListeners.add(listener)
    return () => this.#changeListeners.delete(listener)
  }

  compact(compaction: Compaction): Promise<boolean> {
    return this.#compactor.step(compaction)
  }

  async totals(): Promise<Totals> {
    return this.#totals()
  }

  async freshness(since: number): Promise<Freshness> {
    const now = this.#options.clock()
    const totals = this.#totals()
    return this.#read(() => this.#reads.freshness(since, now, totals))
  }

  async share(): Promise<number> {
    return this.#totals().registered
  }

  async takeRegistrations(dueBy: number, limit: number): Promise<RegistrationTask[]> {
    this.#work.freeHeldBack(this.#options.clock())
    return this.#work.takeRegistrations(dueBy, limit)
  }

  async takeRefreshes(now: number, limits: RefreshLimits): Promise<RefreshTask[]> {
    this.#work.freeHeldBack(this.#options.clock())
    return this.#work.takeRefreshes(now, limits)
  }

  async settle(outcomes: Outcome[]): Promise<Settlement> {
    const { good, refused } = this.#tokens.check(outcomes)
    let damaged: KeyedOutcome[] = []
    try {
      damaged = await applyOutcomes(good, (some) =>
        this.#writer.call('settle', JSON.stringify(some)),
      )
    } finally {
      const now = this.#options.clock()
      for (const outcome of damaged) this.#work.holdBack(outcome, now)
      // Also where it failed: the work is then due as before, and can be tried again.
      for (const outcome of good) this.#work.settled(outcome)
    }
    return { refused }
  }

  async pausePolls(pause: Span): Promise<void> {
    await this.#writer.call('pausePolls', pause)
  }

  async expediteRegistrations(at: number): Promise<void> {
    await this.#writer.call('expediteRegistrations', { at })
    this.#work.restartRegistrations()
    this.#announce()
  }

  async correctDueTimes(now: number, longest: Waits): Promise<void> {
    if (!this.#read(() => this.#reads.findPutBack(now, longest))) return
    await this.#writer.call('correctDueTimes', { now, longest })
    this.#work.restart()
  }

  onRegistrationsDue(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async credentials(): Promise<Credentials | null> {
    return this.#read(() => this.#reads.credentials.get()) ?? null
  }

  async saveCredentials(
    credentials: Credentials,
    expected: Credentials | null,
    reregister?: { at: number },
  ): Promise<boolean> {
    const input = { credentials, expected, reregister }
    const saved = await this.#writer.call('saveCredentials', input)
    if (saved && reregister) {
      this.#work.restart()
      this.#announce()
    }
    return saved
  }

  async secret(name: string): Promise<Buffer> {
    const known = this.#read(() => this.#reads.secret.get({ name }))
    if (known) return known.value
    await this.#writer.call('saveSecret', { name, value: randomBytes(32) })
    return this.secret(name)
  }

  get damage(): readonly Damage[] {
    return this.#watch.damage
  }

  get queuedWrites(): number {
    return this.#writer.queued
  }

  async check(): Promise<void> {
    this.#totals()
    await this.#writer.call('probe', { at: this.#options.clock() })
  }

  async close(): Promise<void> {
    await this.#watch.close()
    // The reader closes first, because the last connection writes the log back and removes it. If the file was
    // replaced nothing may be written to the other one: then the reader, which cannot write, closes last.
    if (!this.#writer.lost) this.#connection.close()
    await this.#writer.close()
    this.#connection.close()
    this.#lock.release()
  }

  #announce(): void {
    for (const listener of this.#listeners) listener()
  }

  /** The same, each item as of one moment, with room for other work between them. */
  async *#patiently<T>(items: Generator<T>): AsyncGenerator<T> {
    for (;;) {
      const { done, value } = this.#read(() => items.next())
      if (done) return
      yield value
      await nextTurn()
    }
  }

  #checked(productId: string) {
    const product = this.#read(() => this.#reads.checked.get({ id: productId }))
    if (!product) throw new ProductNotFound(productId)
    return product
  }

  /** What statements give, as of one moment. Where they fail it is for a reason in the database. */
  #read<T>(query: () => T): T {
    try {
      this.#transaction.begin()
      return query()
    } catch (error) {
      const failure = storeError(error)
      if (failure instanceof StoreDamaged) this.#watch.met(failure)
      throw failure
    }
  }

  #freshSpan(at = this.#options.clock()): FreshSpan {
    return { since: at - this.#options.staleAfterMs, until: at }
  }

  #totals(): Totals {
    return this.#read(() => present(this.#reads.totals.get(), 'the totals'))
  }
}

/** The part of a window that is not in the future, of which nothing is known. */
function until<W extends { to: number }>(now: number, window: W): W {
  return { ...window, to: Math.min(window.to, now) }
}
