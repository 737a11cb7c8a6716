import { gapsOf } from '../../history/coverage.ts'
import type { PriceAndStock } from '../../history/offer-state.ts'
import { pointsOf } from '../../history/trend.ts'
import { lastOf } from '../../history/window-parts.ts'
import type { PriceRecord } from '../../schemas/export.ts'
import { toTime } from '../../schemas/to-time.ts'
import type { HistoryReader } from '../encoding/history-reader.ts'
import { present } from '../present.ts'
import type { CoverageReader } from './coverage.ts'

/** A product whose prices are exported. */
export interface ExportedProduct {
  key: number
  id: string
}

/** How many chunks are read at once, so that a long window fits in memory. */
const CHUNKS_PER_SLICE = 32

/** Makes the function that yields all prices of a product in a window. */
export function exportReader(reader: HistoryReader, coverage: CoverageReader) {
  return function* records(
    { key, id: product_id }: ExportedProduct,
    from: number,
    to: number,
    now: number,
  ): Generator<PriceRecord> {
    // Read now, since the product can be deleted while this goes on.
    const extent = reader.extent(key)
    const rawFrom = extent?.rawFrom ?? 0
    const offers = reader.offersBetween(key, from, lastOf(to, now))
    const opening = from >= rawFrom ? reader.onSaleAt(key, from, from) : []
    const ids = new Map(offers.map(({ number, id }) => [number, id]))

    function record(
      event: PriceRecord['event'],
      at: number,
      number: number,
      stock: PriceAndStock | null,
    ): PriceRecord {
      const offer_id = present(ids.get(number), 'offer', number, 'of product', product_id)
      const price = stock?.price ?? null
      const items_in_stock = stock?.itemsInStock ?? null
      return { product_id, offer_id, at: toTime(at), event, price, items_in_stock, until: null }
    }

    function* gaps(): Generator<PriceRecord> {
      const begin = Math.max(from, coverage.first(key) ?? to)
      const none = { offer_id: null, price: null, items_in_stock: null }
      for (const gap of gapsOf(coverage.runs(key, begin, to, now), begin, to)) {
        const [at, until] = [toTime(gap.from), toTime(gap.to)]
        yield { product_id, ...none, at, event: 'gap', until }
      }
    }

    function* hours(): Generator<PriceRecord> {
      const end = Math.min(rawFrom - 1, to)
      const window = { from, to: end, last: end, byHour: false }
      for (const { number, firstSeenAt } of offers) {
        if (firstSeenAt >= rawFrom) continue
        const segments = reader.segments({ key, number, firstSeenAt }, window)
        for (const { at, price, itemsInStock } of pointsOf(segments)) {
          const stock = price === null || itemsInStock === null ? null : { price, itemsInStock }
          if (at > from) yield record('hour', at, number, stock)
          else if (stock) yield record(firstSeenAt > at ? 'hour' : 'in_force', at, number, stock)
        }
      }
    }

    function* polls(begin: number, end: number): Generator<PriceRecord> {
      // Some can have been listed since this began.
      const last = lastOf(end, now)
      for (const { number, id } of reader.offersBetween(key, begin, last)) ids.set(number, id)
      for (const polls = reader.cursor(key, begin, last); polls.next(); ) {
        const at = Math.min(polls.at, end)
        for (const offer of polls.changed) {
          const { event, number } = offer
          yield record(event, at, number, event === 'delisted' ? null : offer)
        }
      }
    }

    yield* gaps()
    if (!extent) return
    if (from < rawFrom) yield* hours()
    for (const offer of opening) yield record('in_force', from, offer.number, offer)
    // The moment at which a slice begins belongs to the one before.
    const polled = Math.max(rawFrom - 1, extent.firstSeenAt - 1)
    const begun = to >= now ? Math.min(polled, to - 1) : polled
    for (let begin = Math.max(from, begun); begin < to; ) {
      const next = reader.chunkAfter(key, begin, CHUNKS_PER_SLICE) ?? Number.POSITIVE_INFINITY
      const end = Math.min(next - 1, to)
      yield* polls(begin, end)
      begin = end
    }
  }
}
