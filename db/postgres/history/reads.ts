import type { LowestChange } from '../../../history/movers.ts'
import { STATS_WINDOWS } from '../../../history/statistics.ts'
import { lastOf } from '../../../history/window-parts.ts'
import type { PriceRecord } from '../../../schemas/export.ts'
import { extremesOf } from '../../encoding/extremes.ts'
import { historyReader } from '../../encoding/history-reader.ts'
import { isFoundAtLow, knownToBeAtLow } from '../../history/at-low.ts'
import { coverageReader } from '../../history/coverage.ts'
import { type ExportedProduct, exportReader } from '../../history/export.ts'
import { pastOffersReader } from '../../history/past-offers.ts'
import { extremesReader, recentReader } from '../../history/statistics.ts'
import { windowReader } from '../../history/window-history.ts'
import type { HistoryWindow, LowestFilter, ProductStatistics } from '../../store.ts'
import { decoded, statement } from '../connection.ts'
import type { Queryable, Reader } from '../reader.ts'
import { type LoadedHistory, loadHistory, loadOfferVersion, loadVersion } from './loaded.ts'
import { lowestChanges } from './lowest-changes.ts'
import { type ExtremesNow, loadLowest, loadMissing, selectExtremes } from './lowest-history.ts'

/** A batch of an export ends at either limit: some milliseconds of work. */
const RECORDS_PER_BATCH = 1_000
const PRODUCTS_PER_BATCH = 50

const selectProducts = statement<ExportedProduct>(
  'history-products',
  `SELECT key, id FROM products WHERE key > $1 ORDER BY key LIMIT ${PRODUCTS_PER_BATCH}`,
)

const step = <Item>(items: Generator<Item>) => decoded(() => items.next())

const windowsOf = (source: LoadedHistory) =>
  windowReader(source, historyReader(source), coverageReader(source))

/** Reads the history of prices. Times without a poll for longer than `gapMs` are not covered. */
export class HistoryReads {
  readonly #reader: Reader
  readonly #gapMs: number

  constructor(reader: Reader, gapMs: number) {
    this.#reader = reader
    this.#gapMs = gapMs
  }

  async offersAt(key: number, at: number, now: number) {
    const source = await this.#load(key, { from: at, last: lastOf(at, now) })
    return decoded(() => pastOffersReader(source, historyReader(source))(key, at, now))
  }

  async productVersion(key: number, window: HistoryWindow, now: number): Promise<string> {
    const source = await this.#reader.snapshot((db) => loadVersion(db, key, this.#gapMs))
    return windowsOf(source).productVersion(key, window, now)
  }

  /** Undefined for an offer that was never seen. */
  async offerVersion(key: number, id: string, window: HistoryWindow, now: number) {
    const source = await this.#reader.snapshot((db) => loadOfferVersion(db, key, this.#gapMs))
    return windowsOf(source).offerVersion(key, id, window, now)
  }

  async product(key: number, window: HistoryWindow, now: number) {
    const windows = await this.#windows(key, window, now)
    return decoded(() => windows.product(key, window, now))
  }

  /** Undefined for an offer that was never seen. */
  async offer(key: number, id: string, window: HistoryWindow, now: number) {
    const windows = await this.#windows(key, window, now)
    return decoded(() => windows.offer(key, id, window, now))
  }

  /** Yields all prices of a window in batches, which can be empty. */
  async *prices(
    from: number,
    to: number,
    now: number,
    only?: ExportedProduct,
  ): AsyncGenerator<PriceRecord[]> {
    let page = only ? [only] : await this.#reader.query(selectProducts, [0])
    for (let last = page.at(-1); last; last = page.at(-1)) {
      let batch: PriceRecord[] = []
      for (const product of page) {
        const source = await this.#load(product.key, { from, last: lastOf(to, now) })
        const records = exportReader(historyReader(source), coverageReader(source))
        const all = records(product, from, to, now)
        for (let next = step(all); !next.done; next = step(all)) {
          if (batch.push(next.value) < RECORDS_PER_BATCH) continue
          yield batch
          batch = []
        }
      }
      yield batch
      page = only ? [] : await this.#reader.query(selectProducts, [last.key])
    }
  }

  /** Compares the current lowest prices of products with those at `from`, or the first ones after it. */
  lowestChanges(from: number, to: number, filter: LowestFilter): AsyncGenerator<LowestChange[]> {
    return lowestChanges(this.#reader, from, to, filter)
  }

  /** Undefined for a product that was deleted. */
  async statistics(key: number, now: number): Promise<ProductStatistics | undefined> {
    const begins = Object.values(STATS_WINDOWS).map((ms) => now - ms)
    const [[row], source] = await this.#reader.snapshot((db) =>
      Promise.all([db.query(selectExtremes, [key]), loadLowest(db, key, begins, this.#gapMs)]),
    )
    /* c8 ignore next -- the product was deleted since its key was read, which no test can time */
    if (!row) return undefined
    const missing = (await this.#missing(key, row)) ?? source
    return decoded(() => {
      const allTime = extremesReader(historyReader(missing))(key, row)
      const windows = recentReader(historyReader(source), coverageReader(source))(key, now)
      return { at: now, lowestPrice: row.lowestPrice, allTime, windows }
    })
  }

  /** Whether the last price of a change is the lowest since `since`, and the price was higher in that time. */
  async isAtLow(key: number, change: LowestChange, since: number, now: number): Promise<boolean> {
    const [row] = await this.#reader.query(selectExtremes, [key])
    /* c8 ignore next -- the product was deleted since its key was read, which no test can time */
    if (!row) return false
    const missing = await this.#missing(key, row)
    const extremes = decoded(() =>
      missing ? extremesReader(historyReader(missing))(key, row) : extremesOf(row),
    )
    const known = knownToBeAtLow(extremes, change, since, now)
    if (known !== undefined) return known
    const source = await this.#reader.snapshot((db) => loadLowest(db, key, [since], this.#gapMs))
    return decoded(() => isFoundAtLow(historyReader(source), key, change, since, now))
  }

  /** The part of the history that the stored extremes do not include; undefined if they are complete. */
  async #missing(key: number, row: ExtremesNow): Promise<LoadedHistory | undefined> {
    if (row.extremesUntil === row.changedAt) return undefined
    return await this.#reader.snapshot((db) => loadMissing(db, key, row))
  }

  async #windows(key: number, { from, to }: HistoryWindow, now: number) {
    return windowsOf(await this.#load(key, { from, last: lastOf(to, now) }))
  }

  #load(key: number, window: { from: number; last: number }): Promise<LoadedHistory> {
    return this.#reader.snapshot((db: Queryable) => loadHistory(db, key, window, this.#gapMs))
  }
}
