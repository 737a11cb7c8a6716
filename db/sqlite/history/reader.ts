import type { Database } from 'better-sqlite3'
import type { Standing } from '../../../history/hours.ts'
import { lowestOf } from '../../../history/lowest.ts'
import type { OfferState } from '../../../history/offer-state.ts'
import { priceAtEnd, type Stretch, standing } from '../../../history/stretch.ts'
import { floorTo, HOUR_MS } from '../../../history/time.ts'
import type { PolledOffer } from '../../encoding/chunk.ts'
import { ChunkCursor, type ChunkRow } from '../../encoding/chunk-cursor.ts'
import { LOWEST } from '../../encoding/hours.ts'
import { extentReader, type Part, partsOf, type ReadWindow } from './parts.ts'
import { type Ends, rollupReader, type Series } from './rollups.ts'

/** An offer that was on sale at some time. */
export interface SeenOffer {
  number: number
  id: string
  firstSeenAt: number
}

/** A price with its stock. */
type Stock = Pick<Standing, 'price' | 'itemsInStock'>

function standingOf(series: number, onSale: readonly PolledOffer[]): Stock | null {
  if (series === LOWEST) return lowestOf(onSale)
  const offer = onSale.find(({ number }) => number === series)
  return offer ? { price: offer.price, itemsInStock: offer.itemsInStock } : null
}

function standingStretch(from: number, until: number, now: Stock | null): Stretch {
  return standing(from, until, now?.price ?? null, now?.itemsInStock ?? null)
}

/**
 * The stretches of all parts of a window. What stands at its end is no stretch of its own unless it begins
 * there.
 */
function joined(parts: Stretch[][]): Stretch[] {
  const stretches = ([] as Stretch[]).concat(...parts) // Much faster than flat().
  const [before, last] = stretches.slice(-2)
  if (!before || !last || last.until > last.from || before.until < last.from) return stretches
  const same = priceAtEnd(before) === priceAtEnd(last) && before.itemsInStock === last.itemsInStock
  return same ? stretches.slice(0, -1) : stretches
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
   * The moments of a window: how the offers stood at `from`, and after each later poll up to `to`. `finish`
   * goes on to `last`.
   */
  const moments = (key: number, from: number, to: number, last = to) =>
    new ChunkCursor(selectChunks.all({ key, from, to: last }), from, to)

  /**
   * `note` hears of the offers on sale at both ends, and of those that come and go in between. Where changes
   * follow between `until` and `last`, the state after the last of them counts as of `until`.
   */
  function stretchesOfPolls(
    key: number,
    series: number,
    { from, until, last }: Part,
    note: (offer: PolledOffer) => void = () => {},
  ): Stretch[] {
    const stretches: Stretch[] = []
    let since = from
    let now: Stock | null = null as Stock | null
    function change(at: number, next: Stock | null): void {
      if (next?.price === now?.price && next?.itemsInStock === now?.itemsInStock) return
      if (at > since) stretches.push(standingStretch(since, at, now))
      since = at
      now = next
    }
    const moment = moments(key, from, Math.min(until, last), last)
    // What stood before the end is not told by a window without length.
    function noteOnSale(): void {
      if (until > from) for (const offer of moment.onSale) note(offer)
    }
    while (moment.next()) {
      const { at, onSale, changed } = moment
      if (at === from) noteOnSale()
      for (const offer of changed) if (offer.event !== 'changed') note(offer)
      if (series !== LOWEST && at > from && !changed.some(({ number }) => number === series)) {
        continue
      }
      change(at, standingOf(series, onSale))
    }
    noteOnSale()
    if (last > until && moment.finish()) change(until, standingOf(series, moment.onSale))
    for (const offer of moment.onSale) note(offer)
    stretches.push(standingStretch(since, until, now))
    return stretches
  }

  function stretchesOf(series: Series, parts: Part[]): Stretch[] {
    return joined(
      parts.map((part) =>
        part.rolled
          ? rollups.stretches(series, part)
          : stretchesOfPolls(series.key, series.number, part),
      ),
    )
  }

  return {
    moments,

    /** The offers that can have been on sale in a window, as they were first seen. */
    offersBetween: (key: number, from: number, to: number) => selectOffers.all(key, to, from),

    extentOf,

    /**
     * The stretches that fill a window of the history of an offer. Where it was not seen yet it counts
     * as not on sale.
     */
    stretches(offer: Series, window: ReadWindow): Stretch[] {
      const extent = extentOf(offer.key)
      return extent ? stretchesOf(offer, partsOf(extent, window)) : []
    },

    /** The lowest price of an offer in a time, or in the hours that it touches; null: it was not on sale. */
    lowestBetween(offer: Series, from: number, to: number): number | null {
      const extent = extentOf(offer.key)
      if (!extent) return null
      // Of an hour that is only known as a summary, any part may have had its lowest price.
      const begin = from < extent.rawFrom ? floorTo(from, HOUR_MS) : from
      const window = { from: begin, to: to - 1, last: to - 1, byHour: false }
      const lows = stretchesOf(offer, partsOf(extent, window)).flatMap(({ low }) => low ?? [])
      return lows.length > 0 ? Math.min(...lows) : null
    },

    /**
     * The stretches of the lowest price of the product, with the first and the last price of each of
     * these offers that was on sale in the window.
     */
    lowest(key: number, offers: SeenOffer[], window: ReadWindow) {
      const ends = new Map<number, Ends>()
      const extent = extentOf(key)
      if (!extent) return { stretches: [], ends }
      function note(number: number, { first, last }: Ends): void {
        const known = ends.get(number)
        if (known) known.last = last
        else ends.set(number, { first, last })
      }
      const noteNow = ({ number, price }: PolledOffer) =>
        note(number, { first: price, last: price })
      const series = { key, number: LOWEST, firstSeenAt: extent.firstSeenAt }
      const parts = partsOf(extent, window).map((part) => {
        if (!part.rolled) return stretchesOfPolls(key, LOWEST, part, noteNow)
        for (const { number, firstSeenAt } of offers) {
          const found = rollups.ends({ key, number, firstSeenAt }, part)
          if (found) note(number, found)
        }
        return rollups.stretches(series, part)
      })
      return { stretches: joined(parts), ends }
    },

    /**
     * The offers on sale at a moment: as they stood then, or as the hour left them that it is in. Changes up to
     * `last` count.
     */
    onSaleAt(key: number, at: number, last: number): OfferState[] {
      const extent = extentOf(key)
      if (!extent) return []
      if (last >= extent.rawFrom) {
        const moment = moments(key, at, last)
        while (moment.next());
        return [...moment.onSale]
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
      for (const moment = moments(key, Math.max(from, rawFrom), to); moment.next(); ) {
        const lowest = lowestOf(moment.onSale)
        if (lowest) return lowest.price
      }
      return null
    },
  }
}

export type HistoryReader = ReturnType<typeof historyReader>
