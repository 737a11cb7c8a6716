import type { Database } from 'better-sqlite3'
import type { LowestChange } from '../../history/movers.ts'
import type { PriceRecord } from '../../schemas/export.ts'
import { historyReader } from '../encoding/history-reader.ts'
import { isFoundAtLow, knownToBeAtLow } from '../history/at-low.ts'
import { coverageReader } from '../history/coverage.ts'
import { type ExportedProduct, exportReader } from '../history/export.ts'
import { pastOffersReader } from '../history/past-offers.ts'
import { extremesReader, recentReader } from '../history/statistics.ts'
import { windowReader } from '../history/window-history.ts'
import { present } from '../present.ts'
import { compactionReader } from './history/compaction.ts'
import { extremesRows } from './history/extremes.ts'
import { feedReader } from './history/feed.ts'
import { lowestChangesReader } from './history/lowest-changes.ts'
import { historySource } from './history/source.ts'

/** The maximum number of records, and of products, per batch of an export: some milliseconds of work. */
const RECORDS_PER_BATCH = 1_000
const PRODUCTS_PER_BATCH = 50

/**
 * Reads the history and the change feed on the main thread. A run of successful polls ends when none follows within
 * `staleAfterMs`.
 */
export function historyReads(db: Database, staleAfterMs: number) {
  const source = historySource(db, staleAfterMs)
  const reader = historyReader(source)
  const coverage = coverageReader(source)
  const extremes = extremesRows(db)
  const readExtremes = extremesReader(reader)
  const readRecords = exportReader(reader, coverage)
  const selectProducts = db.prepare<[number, number], ExportedProduct>(
    'SELECT key, id FROM products WHERE key > ? ORDER BY key LIMIT ?',
  )

  function* pages(only: ExportedProduct | undefined): Generator<ExportedProduct[]> {
    if (only) return yield [only]
    let page = selectProducts.all(0, PRODUCTS_PER_BATCH)
    for (let last = page.at(-1); last; last = page.at(-1)) {
      yield page
      page = selectProducts.all(last.key, PRODUCTS_PER_BATCH)
    }
  }

  return {
    windows: windowReader(source, reader, coverage),
    offers: pastOffersReader(source, reader),
    changes: feedReader(db),
    lowestChanges: lowestChangesReader(db, reader),
    compaction: compactionReader(db),
    extremes,
    readExtremes,
    recent: recentReader(reader, coverage),

    /** Whether the last price of a change is the lowest since `since`, and the price was higher in that time. */
    isAtLow(key: number, change: LowestChange, since: number, now: number): boolean {
      const row = present(extremes.of(key), 'the polls of', change.productId)
      const known = knownToBeAtLow(readExtremes(key, row), change, since, now)
      return known ?? isFoundAtLow(reader, key, change, since, now)
    },

    /** Yields all prices of a window in batches, which can be empty. */
    *prices(
      from: number,
      to: number,
      now: number,
      only?: ExportedProduct,
    ): Generator<PriceRecord[]> {
      let batch: PriceRecord[] = []
      for (const page of pages(only)) {
        for (const product of page) {
          for (const record of readRecords(product, from, to, now)) {
            if (batch.push(record) < RECORDS_PER_BATCH) continue
            yield batch
            batch = []
          }
        }
        yield batch
        batch = []
      }
    },
  }
}
