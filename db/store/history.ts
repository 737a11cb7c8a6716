import type { Span } from '../../history/coverage.ts'
import type { LowestChange } from '../../history/movers.ts'
import type { Segment } from '../../history/segment.ts'
import type { PriceRecord } from '../../schemas/export.ts'
import type { ProductOffers } from '../../schemas/offer.ts'

/** A window of the history; a change at `to` belongs to it. */
export interface HistoryWindow {
  from: number
  to: number
  /**
   * Whether full hours may come as summaries even where more is known: enough for buckets that consist
   * of full hours, and the only way to read a year in little time.
   */
  byHour: boolean
}

/** The history of a price over a window. */
export interface PriceHistory {
  /**
   * They fill the window, from the first observation or its beginning on, to its end or the present;
   * none where that is empty. What is older than the engine keeps in full comes as hours.
   */
  segments: Segment[]
  /** The runs of good polls that touch the window, in order. */
  covered: Span[]
}

/** The history of a product's lowest price among the offers in stock. */
export interface ProductHistory extends PriceHistory {
  /** The offers on sale at some time in the window, with their first and last price, by id. */
  offers: { id: string; first: number; last: number }[]
}

/** What is to be compacted. */
export interface Compaction {
  /** The history is rolled up into hours before this time, a full hour. */
  rollBefore: number
  /** What is rolled up and from before this time is kept as hours alone. */
  rawBefore: number
  /** Changes from before this time leave the feed. */
  changesBefore: number
}

/** What prices were in the past. */
export interface HistoryStore {
  /** The offers as they stood at a moment, as far as was observed. Rejects with `ProductNotFound`. */
  offersAt(productId: string, at: number): Promise<ProductOffers>
  /** Rejects with `ProductNotFound`. */
  productHistory(productId: string, window: HistoryWindow): Promise<ProductHistory>
  /** Rejects with `ProductNotFound`, or with `OfferNotFound` for one that was never seen. */
  offerHistory(productId: string, offerId: string, window: HistoryWindow): Promise<PriceHistory>
  /**
   * All that the history has of a window, product by product, in batches; no more than one batch is in
   * memory at a time, and other work goes on between them. With a product id, of that product alone:
   * rejects with `ProductNotFound`.
   */
  prices(window: { from: number; to: number }, productId?: string): AsyncIterable<PriceRecord[]>
  /** The products that have a lowest price now, with what it was at `from` or first after that. */
  lowestChanges(from: number): AsyncIterable<LowestChange[]>
  /**
   * Does a few milliseconds of the work that keeps the database small, and says whether there is more.
   * No write waits for longer than that.
   */
  compact(compaction: Compaction): Promise<boolean>
}
