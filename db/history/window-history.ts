import { lastOf, type ReadWindow } from '../../history/window-parts.ts'
import type { HistoryReader } from '../encoding/history-reader.ts'
import type { HistoryWindow, ProductHistory, VersionedHistory } from '../store.ts'
import type { CoverageReader } from './coverage.ts'
import type { HistorySource } from './source.ts'
import { versionOf } from './version.ts'

/** Makes the functions that read the history of a price over a window, for a product by its key. */
export function windowReader(
  source: HistorySource,
  reader: HistoryReader,
  coverage: CoverageReader,
) {
  /** The part of a window that is not before the first observation. */
  function since(firstAt: number, window: HistoryWindow, now: number): ReadWindow {
    const last = lastOf(window.to, now)
    const first = firstAt > last ? firstAt : Math.min(firstAt, window.to)
    return { ...window, from: Math.max(window.from, first), last }
  }

  /** The runs of good polls that touch the window, and the version of its history. */
  function coverageIn(key: number, window: HistoryWindow, now: number) {
    const covered = coverage.runs(key, window.from, window.to, now)
    return { covered, version: versionOf(source, key, window, covered, now) }
  }

  return {
    productVersion: (key: number, window: HistoryWindow, now: number): string =>
      coverageIn(key, window, now).version,

    /** Undefined for an offer that was never seen. */
    offerVersion: (
      key: number,
      id: string,
      window: HistoryWindow,
      now: number,
    ): string | undefined => source.offerById(key, id) && coverageIn(key, window, now).version,

    /** Undefined for an offer that was never seen. */
    offer(
      key: number,
      id: string,
      window: HistoryWindow,
      now: number,
    ): VersionedHistory | undefined {
      const offer = source.offerById(key, id)
      if (!offer) return undefined
      const seen = since(offer.firstSeenAt, window, now)
      return {
        segments: reader.segments({ key, ...offer }, seen),
        ...coverageIn(key, window, now),
      }
    },

    product(key: number, window: HistoryWindow, now: number): ProductHistory {
      const extent = reader.extent(key)
      const seen = since(extent?.firstSeenAt ?? Number.POSITIVE_INFINITY, window, now)
      const offers = reader.offersBetween(key, window.from, seen.last)
      const { segments, ends } = reader.lowest(key, offers, seen)
      return {
        segments,
        ...coverageIn(key, window, now),
        rawFrom: extent?.rawFrom ?? 0,
        offers: offers.flatMap(({ number, id }) => {
          const found = ends.get(number)
          return found ? { id, ...found } : []
        }),
      }
    },
  }
}
