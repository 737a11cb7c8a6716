/**
 * What the service keeps, as whole operations. Every engine behind this interface keeps the promises
 * in its comments; `test/db/contract.ts` holds each of them to it.
 *
 * - A write is durable when its promise resolves: it survives the end of the process and of the
 *   machine. Whoever reads after that sees it.
 * - A write is applied whole or not at all.
 * - An operation that fails for a reason in the database itself rejects with `StoreUnavailable`.
 * - Times are epoch milliseconds unless they are part of a type of the API.
 */
import type { ProductOffers } from '../schemas/offer.ts'
import type { NewProduct, Product, ProductPatch, ProductSort } from '../schemas/product.ts'

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
  /** Each of these must begin a word of the name or description. */
  words: string[]
  /** Only products with an offer in stock. */
  inStock?: boolean
  limit: number
  /** Start behind this place. It must come from a list with the same sort and conditions. */
  after?: Position
}

export interface ProductPage {
  items: StoredProduct[]
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
}

/** What became of the work on a product. It is free for the next task once this is settled. */
export type Outcome =
  /** Registered at `at`. It stays handed out for its first poll, due at once, before all others. */
  | { type: 'registered'; key: number; at: number }
  /** Refused. If the product has changed since `version`, it stays pending instead, due at `at`. */
  | { type: 'rejected'; key: number; version: number; reason: string; at: number }
  /** Could not be registered; due again at `at`. */
  | { type: 'registration-failed'; key: number; at: number }
  /** These, and no others, were its offers at `at`; the next poll is due at `dueAt`. */
  | { type: 'refreshed'; key: number; at: number; dueAt: number; offers: ObservedOffer[] }
  /** Could not be polled; due again at `dueAt`. What is known of its offers stays. */
  | { type: 'refresh-failed'; key: number; dueAt: number }
  /** Not polled, to leave room for others; due at `dueAt`. */
  | { type: 'postponed'; key: number; dueAt: number }
  /** The Offers service does not know it any more: a registered one is pending again, due at `at`. */
  | { type: 'forgotten'; key: number; at: number }
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

/** How fresh the registered products are. */
export interface Freshness {
  /** How many polls are due and not done. */
  due: number
  oldestCheckedAt: number | null
  /** The age in ms that 95% of them do not exceed; null with none, or where it is not known. */
  p95AgeMs: number | null
  /** The share of them, 0 to 1, checked at `since` or later; 1 with none. */
  within: number
}

/** What an engine tells of its writing. */
export interface StoreObserver {
  /** A transaction with so many writes was committed in so many ms. */
  committed(durationMs: number, writes: number): void
  /** Nothing can be written any more, until the store is opened anew. */
  failed(error: Error): void
}

export interface Store {
  /** Creates a product, pending. Creation times never step back. */
  createProduct(item: NewProduct): Promise<StoredProduct>
  /** Creates products in one transaction, in this order. */
  createProducts(items: NewProduct[]): Promise<StoredProduct[]>
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
  /** The offers on sale, cheapest first, then by id. Rejects with `ProductNotFound`. */
  offers(productId: string): Promise<ProductOffers>
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
  /** Applies outcomes in one transaction, in order. Those of deleted products are ignored. */
  settle(outcomes: Outcome[]): Promise<void>
  /** Makes every registration that failed due at `at`, if it is not due before. */
  hastenRegistrations(at: number): Promise<void>
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
  /** Rejects where the store cannot read or cannot write. */
  check(): Promise<void>
  /** Finishes the writes that were accepted, then closes. */
  close(): Promise<void>
}
