import type { Database } from 'better-sqlite3'
import type { HistoryWindow, PriceHistory, ProductHistory } from '../../store.ts'
import type { CoverageReader } from './covered.ts'
import type { HistoryReader, SeenOffer } from './reader.ts'

/** Gives the functions that read the history of a price over a window, for a product by its key. */
export function windowReader(db: Database, reader: HistoryReader, coverage: CoverageReader) {
  const selectRolledUntil = db
    .prepare<[number], number | null>('SELECT rolled_until FROM refreshes WHERE product_key = ?')
    .pluck()
  const selectOffer = db.prepare<[number, string], SeenOffer>(
    `SELECT number, id, first_seen_at AS firstSeenAt FROM offers WHERE product_key = ? AND id = ?`,
  )
  // The first offer of a product that was ever seen has the number 1.
  const selectFirstSeenAt = db
    .prepare<[number], number>(
      'SELECT first_seen_at FROM offers WHERE product_key = ? AND number = 1',
    )
    .pluck()

  const historyOf = (key: number) => ({ key, rolledUntil: Number(selectRolledUntil.get(key)) })

  /** The part of a window that is not before the first observation. */
  const since = (firstAt: number, window: HistoryWindow): HistoryWindow => ({
    ...window,
    from: Math.max(window.from, firstAt),
  })

  return {
    /** Undefined for an offer that was never seen. */
    offer(key: number, id: string, window: HistoryWindow, now: number): PriceHistory | undefined {
      const offer = selectOffer.get(key, id)
      if (!offer) return undefined
      const seen = since(offer.firstSeenAt, window)
      return {
        stretches: reader.stretches(historyOf(key), offer.number, seen),
        covered: coverage.runs(key, window.from, window.to, now),
      }
    },

    product(key: number, window: HistoryWindow, now: number): ProductHistory {
      const seen = since(selectFirstSeenAt.get(key) ?? Number.POSITIVE_INFINITY, window)
      const offers = reader.offersBetween(key, window.from, window.to)
      const numbers = offers.map(({ number }) => number)
      const { stretches, ends } = reader.lowest(historyOf(key), numbers, seen)
      return {
        stretches,
        covered: coverage.runs(key, window.from, window.to, now),
        offers: offers.flatMap(({ number, id }) => {
          const found = ends.get(number)
          return found ? { id, ...found } : []
        }),
      }
    },
  }
}
