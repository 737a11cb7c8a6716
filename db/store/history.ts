import type { Span } from '../../history/coverage.ts'
import type { Extremes } from '../../history/extremes.ts'
import type { LowestChange } from '../../history/movers.ts'
import type { Segment } from '../../history/segment.ts'
import type { StatsWindow } from '../../history/statistics.ts'
import type { PriceRecord } from '../../schemas/export.ts'
import type { ProductOffers } from '../../schemas/offer.ts'
import type { PriceRange } from './catalogue.ts'

/** A window of the history; a change at `to` belongs to it. */
export interface HistoryWindow {
  from: number
  to: number
  /**
   * Whether full hours may be read as summaries even if more detail is stored: enough for buckets of full
   * hours, and the only fast way to read a year.
   */
  byHour: boolean
}

/** The history of a price over a window. */
export interface PriceHistory {
  /**
   * They fill the window, from its beginning or the first observation to its end or the present; none if
   * that is empty. History of which the engine no longer keeps every poll comes as hours.
   */
  segments: Segment[]
  /** The runs of successful polls that touch the window, in order. */
  covered: Span[]
}

/** A history that was read for one window. */
export interface VersionedHistory extends PriceHistory {
  /** Histories of the same product, or offer, and window with the same version are the same. */
  version: string
}

/** The history of a product's lowest price among the offers in stock. */
export interface ProductHistory extends VersionedHistory {
  /** The offers on sale at some time in the window, with their first and last price, by id. */
  offers: { id: string; first: number; last: number }[]
  /** Before this time only summaries of hours are kept; 0 if every change is. */
  rawFrom: number
}

/** The statistics of a product's lowest price among the offers in stock. */
export interface ProductStatistics {
  /** The time up to which they reach: now. */
  at: number
  lowestPrice: number | null
  /** Null before the first price. */
  allTime: Extremes | null
  /** The history over each window up to `at`, as `productHistory` gives it by the hour. */
  windows: Record<StatsWindow, PriceHistory>
}

/** Which products to compare: both conditions must hold. */
export interface LowestFilter {
  /** Only products whose lowest price now is within these bounds. */
  prices?: PriceRange
  /** Only products with all of these tags. */
  tags?: string[]
}

/** The limits for compaction. */
export interface Compaction {
  /** The history is rolled up into hours before this time, a full hour. */
  rollBefore: number
  /** Rolled-up history from before this time is kept only as hours. */
  rawBefore: number
  /** Changes from before this time leave the feed; a week later, if an enabled webhook has yet to get them. */
  changesBefore: number
}

/** Past prices. */
export interface HistoryStore {
  /** The offers at a given time, as far as observed. Rejects with `ProductNotFound`. */
  offersAt(productId: string, at: number): Promise<ProductOffers>
  /** Rejects with `ProductNotFound`. */
  productHistory(productId: string, window: HistoryWindow): Promise<ProductHistory>
  /** The version of `productHistory` now, without reading the prices. Rejects with `ProductNotFound`. */
  productHistoryVersion(productId: string, window: HistoryWindow): Promise<string>
  /** Rejects with `ProductNotFound`. */
  productStatistics(productId: string): Promise<ProductStatistics>
  /**
   * The histories of these products, in their order; null for one that does not exist. Other work runs between them.
   */
  productHistories(
    productIds: readonly string[],
    window: HistoryWindow,
  ): AsyncIterable<{ productId: string; history: ProductHistory | null }>
  /** Rejects with `ProductNotFound`, or with `OfferNotFound` for one that was never seen. */
  offerHistory(productId: string, offerId: string, window: HistoryWindow): Promise<VersionedHistory>
  /** The version of `offerHistory` now, without reading the prices. Rejects as that does. */
  offerHistoryVersion(productId: string, offerId: string, window: HistoryWindow): Promise<string>
  /**
   * The complete history of a window, product by product, in batches. Only one batch is in memory at a time,
   * and other work runs between batches. With a product id, only the history of that product: rejects with
   * `ProductNotFound`.
   */
  prices(window: { from: number; to: number }, productId?: string): AsyncIterable<PriceRecord[]>
  /**
   * The products with a lowest price now that pass the filter, and that price at `from`, or the first one after `from`.
   */
  lowestChanges(from: number, filter?: LowestFilter): AsyncIterable<LowestChange[]>
  /**
   * Those of these changes, of the time since `since`, whose last price is the lowest since then and was higher in
   * between. Other work runs between them, and the history is only read where the extremes of all time do not tell.
   */
  atLow(changes: readonly LowestChange[], since: number): Promise<LowestChange[]>
  /**
   * Compacts the database for a few milliseconds, and returns whether there is more to do. No write waits
   * longer than that.
   */
  compact(compaction: Compaction): Promise<boolean>
}
