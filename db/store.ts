/**
 * What the service keeps, as whole operations. Every engine behind this interface keeps the promises
 * in its comments; `test/db/contract.ts` holds each of them to it.
 *
 * - A write is durable when its promise resolves: it survives the end of the process and of the
 *   machine. Whoever reads after that sees it.
 * - A write is applied whole or not at all.
 * - An operation that fails for a reason in the database itself rejects with `StoreUnavailable`. A write
 *   that does was not applied and will not be, however long it waited. Only where its commit has begun and
 *   how that ended cannot be told (the disk does not answer, or the writer died) does it reject with
 *   `OutcomeUnknown`.
 * - An operation rejects with `StoreDamaged`, which is a `StoreUnavailable`, where what it needs of the
 *   database is damaged. What needs other parts goes on.
 * - Times are epoch milliseconds unless they are part of a type of the API.
 */
import type { Span } from '../history/coverage.ts'
import type { LowestChange } from '../history/movers.ts'
import type { Segment } from '../history/segment.ts'
import type { Change, ChangeType } from '../schemas/change.ts'
import type { PriceRecord } from '../schemas/export.ts'
import type { ProductOffers } from '../schemas/offer.ts'
import type {
  NewProduct,
  Product,
  ProductPatch,
  ProductSort,
  RegistrationStatus,
} from '../schemas/product.ts'
import type { OffersFault } from '../schemas/refresh-state.ts'
import type { SoughtWord } from '../search/query.ts'

/** A product with the version that `If-Match` compares; it grows with each change by a client. */
export type StoredProduct = Product & { version: number }

/** A place in a sorted list: the sort key of the last product seen, and its place among equals. */
export interface Position {
  sortKey: string | number | null
  key: number
}

/** What to list: all conditions must hold. */
export interface ProductQuery {
  sort: ProductSort
  /** Each of these must be found in the name or description; see `search/query.ts`. */
  words: SoughtWord[]
  /** Only products with an offer in stock. */
  inStock?: boolean
  /** Only those that are stale, or only those that are not. */
  stale?: boolean
  registration?: RegistrationStatus
  limit: number
  /** Start behind this place. It must come from a list with the same sort and conditions. */
  after?: Position
}

export interface ProductPage {
  items: Product[]
  /** Where the next page starts; null on the last page. */
  next: Position | null
}

/** What a poll of the Offers service said about one offer. */
export interface ObservedOffer {
  id: string
  price: number
  items_in_stock: number
}

/** A product handed out for work at the Offers service. */
export interface Task {
  /** The engine's key of the product, for `settle`. */
  key: number
  id: string
  /** How often this work failed in a row. */
  failures: number
}

export interface RegistrationTask extends Task {
  name: string
  description: string
  version: number
  /** When it was last registered; null if never. */
  registeredAt: number | null
}

export interface RefreshTask extends Task {
  registeredAt: number | null
  /** What the outcome of the last good poll named its answer; null before that. */
  answer: string | null
}

/** How work on a product failed; the message is fit to be shown. */
export interface Failure {
  fault: OffersFault
  message: string
}

/** What became of the work on a product. It is free for the next task once this is settled. */
export type Outcome =
  /** Registered at `at`. It stays handed out for its first poll, due at once, before all others. */
  | { type: 'registered'; key: number; at: number }
  /** Refused. If the product has changed since `version`, it stays pending instead, due at `at`. */
  | { type: 'rejected'; key: number; version: number; reason: string; at: number }
  /** Could not be registered at `at`; due again at `dueAt`. */
  | ({ type: 'registration-failed'; key: number; at: number; dueAt: number } & Failure)
  /**
   * These, and no others, were its offers at `at`; the next poll is due at `dueAt`. `answer` is a short
   * name for what the Offers service said, by which it is known again.
   */
  | {
      type: 'refreshed'
      key: number
      at: number
      dueAt: number
      offers: ObservedOffer[]
      answer?: string
    }
  /** At `at` its offers were those of the last good poll; the next one is due at `dueAt`. */
  | { type: 'unchanged'; key: number; at: number; dueAt: number }
  /** Could not be polled at `at`; due again at `dueAt`. What is known of its offers stays. */
  | ({ type: 'refresh-failed'; key: number; at: number; dueAt: number } & Failure)
  /** Not polled, to leave room for others; due at `dueAt`. */
  | { type: 'postponed'; key: number; dueAt: number }
  /** At `at` the Offers service did not know it any more: a registered one is pending, due at `dueAt`. */
  | ({ type: 'forgotten'; key: number; at: number; dueAt: number } & Failure)
  /** Not tried; due as before. */
  | { type: 'released'; key: number }

/** The access to the Offers service. */
export interface Credentials {
  /** Which service and account the token is for. */
  account: string
  accessToken: string
  /** When it expires; null if it does not. */
  expiresAt: number | null
}

export interface Totals {
  products: number
  pending: number
  registered: number
  /** Offers on sale. */
  offers: number
}

/**
 * How fresh the products are; all but `within` and `failing` are about the registered ones. A check in the
 * future was made before the clock was put back. Its age is unknown, so it counts as no check.
 */
export interface Freshness {
  /** How many polls are due and not done. */
  due: number
  oldestCheckedAt: number | null
  /** The age in ms that 95% of them do not exceed; null with none, or where it is not known. */
  p95AgeMs: number | null
  /**
   * The share of all products that are to be polled, those that are pending included, checked at `since`
   * or later: 0 to 1, and 1 with none.
   */
  within: number
  /** How many products failed when they were last polled. */
  failing: number
}

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

/** Which changes to read: all conditions must hold. */
export interface ChangeQuery {
  /** Only what comes behind this one; undefined: all that is kept. */
  after?: number
  productId?: string
  type?: ChangeType
  limit: number
}

export interface ChangePage {
  items: Change[]
  /** No change up to this one is missing from `items`; where to go on. */
  lastSeq: number
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

/** A part of the database that cannot be read, or does not hold what was written to it. */
export interface Damage {
  /** What the engine calls it. */
  part: string
  /** What that takes from people, in words. */
  means: string
  /** What was found there. */
  detail: string
}

/** What an engine tells of its work. */
export interface StoreObserver {
  /** Another process has the database open. The start waits for it to stop, for up to `waitMs`. */
  waiting?(waitMs: number): void
  /** The start indexes all products for search anew, and has done so many of them. */
  indexing?(done: number, total: number): void
  /** A transaction with so many writes was committed in so many ms. */
  committed(durationMs: number, writes: number): void
  /**
   * The database is not at its path any more, so every write is refused until the store is opened anew.
   * What it holds can still be read.
   */
  lost?(error: Error): void
  /** Nothing can be written any more, until the store is opened anew. */
  failed(error: Error): void
  /** An operation met damage, and this is what was found when it was looked for; it can be nothing. */
  damaged?(damage: readonly Damage[]): void
}

export interface Store {
  /** Creates a product, pending, with this id or with a new one. Creation times never step back. */
  createProduct(item: NewProduct, id?: string): Promise<StoredProduct>
  /** Creates products in one transaction, in this order. */
  createProducts(items: NewProduct[]): Promise<Product[]>
  /** Rejects with `ProductNotFound`. */
  product(id: string): Promise<StoredProduct>
  products(query: ProductQuery): Promise<ProductPage>
  /**
   * Changes what the patch names. A rejected product becomes pending again. Where the patch changes
   * nothing, neither version nor `updated_at` move. Rejects with `ProductNotFound`, or with
   * `VersionMismatch` where `versions` is given and the product's is not among them.
   */
  updateProduct(id: string, patch: ProductPatch, versions?: number[]): Promise<StoredProduct>
  /** Deletes a product with all that belongs to it. Rejects as `updateProduct` does. */
  deleteProduct(id: string, versions?: number[]): Promise<void>
  /**
   * The offers on sale, cheapest first, then by id: a `ProductOffers` as JSON, since an engine can keep
   * them in that form. Rejects with `ProductNotFound`.
   */
  offers(productId: string): Promise<string>
  /** The same as they stood at a moment, as far as that was observed. Rejects with `ProductNotFound`. */
  offersAt(productId: string, at: number): Promise<ProductOffers>
  /** Rejects with `ProductNotFound`. */
  productHistory(productId: string, window: HistoryWindow): Promise<ProductHistory>
  /** Rejects with `ProductNotFound`, or with `OfferNotFound` for one that was never seen. */
  offerHistory(productId: string, offerId: string, window: HistoryWindow): Promise<PriceHistory>
  /**
   * All that the history has of a window, product by product, in batches, in the memory of one of
   * them; other work goes on between them. With a product id, of that product alone: rejects with
   * `ProductNotFound`.
   */
  prices(window: { from: number; to: number }, productId?: string): AsyncIterable<PriceRecord[]>
  /** The products that have a lowest price now, with what it was at `from` or first after that. */
  lowestChanges(from: number): AsyncIterable<LowestChange[]>

  /**
   * The changes, oldest first. It may stop before the limit is reached, with `lastSeq` to go on from.
   * Rejects with `ChangesCompacted` where changes behind `after` have left the feed.
   */
  changes(query: ChangeQuery): Promise<ChangePage>
  /** The last change that is committed; 0 before the first. */
  readonly lastSeq: number
  /** Calls `listener` after each commit with changes, with the last of them. Returns its removal. */
  onChanges(listener: (lastSeq: number) => void): () => void
  /**
   * Does some milliseconds of the work that keeps the database small, and says whether there is more.
   * No write waits for longer than that.
   */
  compact(compaction: Compaction): Promise<boolean>

  totals(): Promise<Totals>
  /** How fresh the registered products are, with `since` as the mark of `within`. */
  freshness(since: number): Promise<Freshness>

  /**
   * Pending products whose registration is due at `dueBy` or before, the longest due first. Each is
   * handed out to one caller only until its outcome is settled or the process ends.
   */
  takeRegistrations(dueBy: number, limit: number): Promise<RegistrationTask[]>
  /**
   * Registered products in the order in which their polls are due, handed out as registrations are.
   * Of those whose poll is due at once as many as make `most`, of those due by `now` as many as make
   * `due` in all, and of the rest as many as make `early` in all.
   */
  takeRefreshes(
    now: number,
    limits: { most: number; due: number; early: number },
  ): Promise<RefreshTask[]>
  /**
   * Applies outcomes in one transaction, in order. Those of deleted products are ignored. Where what one of
   * them writes to is damaged, the others are applied all the same, and its product is left alone for a while.
   */
  settle(outcomes: Outcome[]): Promise<void>
  /**
   * Makes due at `at`, if it is not due before, every registration that failed, and every first one: that
   * is ahead only where the clock was put back.
   */
  expediteRegistrations(at: number): Promise<void>
  /** From `since` to `until` no product is polled: nobody looks in that time. */
  pausePolls(pause: Span): Promise<void>
  /**
   * Makes up for a clock that was put back. Where some work is due later than the longest wait of its kind
   * allows, in ms after `now`, all work becomes due at `now` or before, in its order, so that nothing starves
   * however often that happens. Otherwise nothing changes.
   */
  correctDueTimes(now: number, longest: { registration: number; refresh: number }): Promise<void>
  /** Calls `listener` after each commit that made registrations due. Returns its removal. */
  onRegistrationsDue(listener: () => void): () => void

  /** Null before the first token. */
  credentials(): Promise<Credentials | null>
  /**
   * Keeps a token in place of any before it. With `reregister`, in the same transaction, every
   * product becomes pending and due at that time, because registrations are tied to the token.
   */
  saveCredentials(credentials: Credentials, reregister?: { at: number }): Promise<void>

  /** 32 random bytes, made when first asked for under this name and the same ever after. */
  secret(name: string): Promise<Buffer>
  /** How many writes wait for their commit. */
  readonly queuedWrites: number
  /** What operations since the start have met as damaged, or may have. */
  readonly damage: readonly Damage[]
  /** Rejects where the store cannot read, or cannot create a product. */
  check(): Promise<void>
  /** Finishes the writes that were accepted, then closes. */
  close(): Promise<void>
}
