import type { FreshSpan } from '../encoding/product.ts'
import { ProductNotFound } from '../errors.ts'
import type { StoreOptions, Totals } from '../store.ts'
import { connectionConfig, DEFAULTS } from './config.ts'
import { DatabaseClock } from './database-clock.ts'
import { FeedWatch } from './feed-watch.ts'
import { GroupCommit } from './group-commit.ts'
import { LEASE_MS, Leases } from './leases.ts'
import { migrate } from './migrate.ts'
import { AlertLog } from './operations/alert-log.ts'
import { Reader, readOne } from './reader.ts'
import { selectKey, selectKeys, selectLastSeq, selectTotals } from './reads.ts'
import { Reregistration } from './reregistration.ts'
import { bringUpToDate } from './search-index.ts'
import { Work } from './work.ts'

/** The options that only this engine has. */
export interface PostgresOptions extends StoreOptions {
  leaseMs?: number
}

/** An open database: its reader, its writer, and this instance's share of the work. */
export class Session {
  readonly options: PostgresOptions
  readonly clock: () => number
  readonly reader: Reader
  readonly writer: GroupCommit
  readonly feed: FeedWatch
  readonly reregistration: Reregistration
  readonly leases: Leases
  readonly work: Work
  readonly alerts: AlertLog

  private constructor(
    options: PostgresOptions,
    reader: Reader,
    writer: GroupCommit,
    feed: FeedWatch,
  ) {
    this.options = options
    this.reader = reader
    this.writer = writer
    this.feed = feed
    const databaseClock = new DatabaseClock()
    this.clock = options.databaseClock ?? (() => databaseClock.now())
    this.reregistration = new Reregistration(reader, writer)
    this.leases = new Leases(writer, {
      leaseMs: options.leaseMs ?? LEASE_MS,
      beforeRenewal: () => databaseClock.measure(reader),
      afterRenewal: () => void this.reregistration.finish(),
    })
    this.work = new Work(reader, this.leases)
    this.alerts = new AlertLog(options.staleAfterMs)
  }

  /** Opens the database at a URL, brings its tables up to date, and joins the other instances. */
  static async open(url: string, options: PostgresOptions): Promise<Session> {
    await migrate(url)
    const { observer, server = DEFAULTS } = options
    const config = connectionConfig(url, server)
    const reader = new Reader(config, server.connections - 1)
    const feed = new FeedWatch(reader, config, (error) => observer?.failed(error))
    const writer = new GroupCommit(config, {
      committed: (durationMs, writes) => observer?.committed(durationMs, writes),
      changed: (lastSeq) => feed.committed(lastSeq),
    })
    const session = new Session(options, reader, writer, feed)
    try {
      const { products } = await session.totals()
      await bringUpToDate(writer, products, observer?.indexing)
      feed.reached((await readOne(reader, selectLastSeq)).seq)
      await session.leases.start(session.work)
      return session
    } catch (error) {
      await session.close()
      throw error
    }
  }

  now(): number {
    return this.clock()
  }

  /** When a product must have been checked to be fresh at a time. */
  freshSpan(at = this.now()): FreshSpan {
    return { since: at - this.options.staleAfterMs, until: at }
  }

  /** The key of a product. Rejects with `ProductNotFound`. */
  async keyOf(productId: string): Promise<number> {
    const [product] = await this.reader.query(selectKey, [productId])
    if (!product) throw new ProductNotFound(productId)
    return product.key
  }

  /** The keys of the products that exist. */
  async keysOf(productIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.reader.query(selectKeys, [productIds])
    return new Map(rows.map(({ id, key }) => [id, key]))
  }

  totals(): Promise<Totals> {
    return readOne(this.reader, selectTotals)
  }

  async close(): Promise<void> {
    await this.leases.stop()
    await this.writer.close()
    await this.feed.close()
    await this.reader.close()
  }
}
