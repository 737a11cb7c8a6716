import type { Database } from 'better-sqlite3'
import type { HistoryWindow, PriceHistory, ProductHistory } from '../../store.ts'
import type { CoverageReader } from './covered.ts'
import { LOWEST } from './lowest.ts'
import type { HistoryReader, SeenOffer } from './reader.ts'

const NO_STRETCHES: PriceHistory['stretches'] = []

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

  function stretches(key: number, series: number, firstAt: number, window: HistoryWindow) {
    const from = Math.max(window.from, firstAt)
    if (from > window.to) return NO_STRETCHES
    return reader.stretches(historyOf(key), series, { ...window, from })
  }

  return {
    /** Undefined for an offer that was never seen. */
    offer(key: number, id: string, window: HistoryWindow, now: number): PriceHistory | undefined {
      const offer = selectOffer.get(key, id)
      if (!offer) return undefined
      return {
        stretches: stretches(key, offer.number, offer.firstSeenAt, window),
        covered: coverage.runs(key, window.from, window.to, now),
      }
    },

    product(key: number, window: HistoryWindow, now: number): ProductHistory {
      if (window.from > window.to) return { stretches: [], covered: [], offers: [] }
      const firstAt = selectFirstSeenAt.get(key) ?? Number.POSITIVE_INFINITY
      const offers = reader.offersBetween(key, window.from, window.to)
      const numbers = offers.map(({ number }) => number)
      const from = Math.max(window.from, firstAt)
      const ends = reader.ends(historyOf(key), numbers, { ...window, from })
      return {
        stretches: stretches(key, LOWEST, firstAt, window),
        covered: coverage.runs(key, window.from, window.to, now),
        offers: offers.flatMap(({ number, id }) => {
          const found = ends.get(number)
          return found ? { id, ...found } : []
        }),
      }
    },
  }
}
