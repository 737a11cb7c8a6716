import type { Database } from 'better-sqlite3'
import { lastOf, type ReadWindow } from '../../../history/window-parts.ts'
import type { HistoryReader, SeenOffer } from '../../encoding/history-reader.ts'
import type { HistoryWindow, PriceHistory, ProductHistory } from '../../store.ts'
import type { CoverageReader } from './coverage-reader.ts'

/** Gives the functions that read the history of a price over a window, for a product by its key. */
export function windowReader(db: Database, reader: HistoryReader, coverage: CoverageReader) {
  const selectOffer = db.prepare<[number, string], SeenOffer>(
    `SELECT number, id, first_seen_at AS firstSeenAt FROM offers WHERE product_key = ? AND id = ?`,
  )

  /** The part of a window that is not before the first observation. */
  function since(firstAt: number, window: HistoryWindow, now: number): ReadWindow {
    const last = lastOf(window.to, now)
    const first = firstAt > last ? firstAt : Math.min(firstAt, window.to)
    return { ...window, from: Math.max(window.from, first), last }
  }

  return {
    /** Undefined for an offer that was never seen. */
    offer(key: number, id: string, window: HistoryWindow, now: number): PriceHistory | undefined {
      const offer = selectOffer.get(key, id)
      if (!offer) return undefined
      const seen = since(offer.firstSeenAt, window, now)
      return {
        segments: reader.segments({ key, ...offer }, seen),
        covered: coverage.runs(key, window.from, window.to, now),
      }
    },

    product(key: number, window: HistoryWindow, now: number): ProductHistory {
      const extent = reader.extent(key)
      const seen = since(extent?.firstSeenAt ?? Number.POSITIVE_INFINITY, window, now)
      const offers = reader.offersBetween(key, window.from, seen.last)
      const { segments, ends } = reader.lowest(key, offers, seen)
      return {
        segments,
        covered: coverage.runs(key, window.from, window.to, now),
        offers: offers.flatMap(({ number, id }) => {
          const found = ends.get(number)
          return found ? { id, ...found } : []
        }),
      }
    },
  }
}
