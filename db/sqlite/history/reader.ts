import type { Database } from 'better-sqlite3'
import { lowestOf } from '../../../history/lowest.ts'
import type { OfferState, PolledOffer } from '../../../history/offer-state.ts'
import { joinedSegments, polledSegments } from '../../../history/polled-segments.ts'
import type { Segment } from '../../../history/segment.ts'
import { LOWEST } from '../../../history/series.ts'
import { floorTo, HOUR_MS } from '../../../history/time.ts'
import { ChunkCursor, type ChunkRow } from '../../encoding/chunk-cursor.ts'
import { extentReader, type Part, partsOf, type ReadWindow } from './parts.ts'
import { type Ends, rollupReader, type Series } from './rollups.ts'

/** An offer that was on sale at some time. */
export interface SeenOffer {
  number: number
  id: string
  firstSeenAt: number
}

/**
 * Reads the history of prices. Plain SQL, because both threads read it, and drizzle is not loaded into
 * the writer's.
 */
export function historyReader(db: Database) {
  const extentOf = extentReader(db)
  const rollups = rollupReader(db)
  // The opening of the first chunk tells how it stood before, since the last change in those that are deleted.
  const selectChunks = db.prepare<{ key: number; from: number; to: number }, ChunkRow>(
    `SELECT since, polls FROM history WHERE product_key = @key
       AND since <= max(@to, (SELECT min(since) FROM history WHERE product_key = @key))
       AND since >= coalesce(
         (SELECT max(since) FROM history WHERE product_key = @key AND since <= @from), @from)
     ORDER BY since`,
  )
  selectChunks.raw()
  const selectOffers = db.prepare<[number, number, number], SeenOffer>(
    `SELECT number, id, first_seen_at AS firstSeenAt FROM offers
     WHERE product_key = ? AND first_seen_at <= ? AND (delisted_at IS NULL OR delisted_at > ?)
     ORDER BY number`,
  )

  /**
   * How the offers stood at `from`, and after each later poll up to `to`; `finish` goes on to `last`.
   */
  const cursor = (key: number, from: number, to: number, last = to) =>
    new ChunkCursor(selectChunks.all({ key, from, to: last }), from, to)

  function segmentsOfPolls(
    key: number,
    series: number,
    part: Part,
    note?: (offer: PolledOffer) => void,
  ): Segment[] {
    const { from, until, last } = part
    const polls = cursor(key, from, Math.min(until, last), last)
    return polledSegments(polls, series, part, note)
  }

  function segmentsOf(series: Series, parts: Part[]): Segment[] {
    return joinedSegments(
      parts.map((part) =>
        part.rolled
          ? rollups.segments(series, part)
          : segmentsOfPolls(series.key, series.number, part),
      ),
    )
  }

  return {
    cursor,

    /** The offers that can have been on sale in a window, as they were first seen. */
    offersBetween: (key: number, from: number, to: number) => selectOffers.all(key, to, from),

    extentOf,

    /**
     * The segments that fill a window of the history of an offer. Where it was not seen yet it counts
     * as not on sale.
     */
    segments(offer: Series, window: ReadWindow): Segment[] {
      const extent = extentOf(offer.key)
      return extent ? segmentsOf(offer, partsOf(extent, window)) : []
    },

    /** The lowest price of an offer in a time, or in the hours that it touches; null: it was not on sale. */
    lowestBetween(offer: Series, from: number, to: number): number | null {
      const extent = extentOf(offer.key)
      if (!extent) return null
      // Of an hour that is only known as a summary, any part may have had its lowest price.
      const begin = from < extent.rawFrom ? floorTo(from, HOUR_MS) : from
      const window = { from: begin, to: to - 1, last: to - 1, byHour: false }
      const lows = segmentsOf(offer, partsOf(extent, window)).flatMap(({ low }) => low ?? [])
      return lows.length > 0 ? Math.min(...lows) : null
    },

    /**
     * The segments of the lowest price of the product, with the first and the last price of each of
     * these offers that was on sale in the window.
     */
    lowest(key: number, offers: SeenOffer[], window: ReadWindow) {
      const ends = new Map<number, Ends>()
      const extent = extentOf(key)
      if (!extent) return { segments: [], ends }
      function note(number: number, { first, last }: Ends): void {
        const known = ends.get(number)
        if (known) known.last = last
        else ends.set(number, { first, last })
      }
      const noteNow = ({ number, price }: PolledOffer) =>
        note(number, { first: price, last: price })
      const series = { key, number: LOWEST, firstSeenAt: extent.firstSeenAt }
      const parts = partsOf(extent, window).map((part) => {
        if (!part.rolled) return segmentsOfPolls(key, LOWEST, part, noteNow)
        for (const { number, firstSeenAt } of offers) {
          const found = rollups.ends({ key, number, firstSeenAt }, part)
          if (found) note(number, found)
        }
        return rollups.segments(series, part)
      })
      return { segments: joinedSegments(parts), ends }
    },

    /**
     * The offers on sale at a moment: as they stood then, or as the hour left them that it is in. Changes up to
     * `last` count.
     */
    onSaleAt(key: number, at: number, last: number): OfferState[] {
      const extent = extentOf(key)
      if (!extent) return []
      if (last >= extent.rawFrom) {
        const polls = cursor(key, at, last)
        while (polls.next());
        return [...polls.onSale]
      }
      return selectOffers.all(key, at, at).flatMap(({ number, firstSeenAt }): OfferState[] => {
        const hour = rollups.hourBefore({ key, number, firstSeenAt }, at)
        return hour?.end ? [{ number, ...hour.end, changedAt: hour.hour * HOUR_MS }] : []
      })
    },

    /** The first known lowest price of a product from a moment on; null where there was none. */
    firstLowest(key: number, from: number, to: number): number | null {
      const extent = extentOf(key)
      if (!extent) return null
      const { firstSeenAt, rawFrom } = extent
      if (from < rawFrom) {
        const series = { key, number: LOWEST, firstSeenAt }
        const rolled = rollups.ends(series, { from, last: rawFrom - 1 })
        if (rolled) return rolled.first
      }
      for (const polls = cursor(key, Math.max(from, rawFrom), to); polls.next(); ) {
        const lowest = lowestOf(polls.onSale)
        if (lowest) return lowest.price
      }
      return null
    },
  }
}

export type HistoryReader = ReturnType<typeof historyReader>
