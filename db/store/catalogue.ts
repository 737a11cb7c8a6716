import type { OnConflict } from '../../schemas/batch.ts'
import type {
  KeyedProduct,
  NewProduct,
  Product,
  ProductPatch,
  ProductSort,
  RegistrationStatus,
} from '../../schemas/product.ts'
import type { SoughtWord } from '../../search/query.ts'
import type { ExternalIdTaken, ProductNotFound, TooManyTags } from '../errors.ts'
import type { Pause } from '../pause.ts'
import type { IdempotencyKey } from './idempotency.ts'
import type { ReadyAnswer } from './ready.ts'

/** A product with the version that `If-Match` compares; each change by a client increases it. */
export type StoredProduct = Product & { version: number }

/** The result of an item of a batch. */
export type BatchItemResult =
  | { status: 'created' | 'updated' | 'skipped'; product: Product }
  | { status: 'refused'; error: ExternalIdTaken }

/** The result of one change of a batch. */
export type ChangeResult =
  | { status: 'updated'; product: Product }
  | { status: 'refused'; error: ProductNotFound | ExternalIdTaken | TooManyTags }

/** The result of one deletion of a batch. */
export type DeletionResult = { status: 'deleted' } | { status: 'refused'; error: ProductNotFound }

/** A position in a sorted list: the sort key of the last product seen, and its position among equal keys. */
export interface Position {
  sortKey: string | number | null
  key: number
}

/** The bounds of a price, both included. */
export interface PriceRange {
  min: number
  max: number
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
  /** Only products whose lowest price is within these bounds, both included. */
  prices?: PriceRange
  /** Only products with all of these tags, which are different. */
  tags?: string[]
  /** Only products that a client created or changed at this time or later. */
  updatedSince?: number
  /** Whether to count all products for which the conditions hold. */
  count?: boolean
  limit: number
  /** Start after this place. It must come from a list with the same sort and conditions. */
  after?: Position
}

export interface ProductPage {
  items: Product[]
  /** Where the next page starts; null on the last page. */
  next: Position | null
  /** How many products there are on all pages, if they were to be counted. */
  total?: number
}

export interface Totals {
  products: number
  pending: number
  registered: number
  /** Offers on sale. */
  offers: number
}

/** The query of a page, and what makes the answer of it. */
export interface PageToMake {
  query: ProductQuery
  make: (page: ProductPage) => ReadyAnswer
}

/** The products and their current offers. */
export interface CatalogueStore {
  /**
   * Creates a pending product with this id or a new one. Creation times never step back. Rejects with
   * `ExternalIdTaken` if another product has its external id: no two products ever share one.
   *
   * With `once`, it is created once for this key, and the result is kept, also if it was `ExternalIdTaken`. Rejects
   * with `IdempotencyKeyReused` if the key belongs to another request, and with `IdempotencyKeyInUse` while another
   * instance carries out the first one.
   */
  createProduct(
    item: NewProduct,
    options?: { id?: string; once?: IdempotencyKey },
  ): Promise<StoredProduct>
  /**
   * Creates products in one transaction, in this order, and returns the result of each item. If a product,
   * including one of the same batch, already has the external id of an item, `onConflict` says what to do;
   * `update` acts as `updateProduct`. By default the item is refused, and the others are still created. `once` acts
   * as for `createProduct`; with it, there may be no items.
   */
  createProducts(
    items: NewProduct[],
    onConflict?: OnConflict,
    once?: IdempotencyKey,
  ): Promise<BatchItemResult[]>
  /**
   * Replaces the product with this external id by `item`, with defaults for omitted fields, or creates it. With
   * `match`, rejects with `VersionMismatch` if there is no such product, or none of these versions.
   */
  putProduct(
    externalId: string,
    item: KeyedProduct,
    match?: { versions?: number[] },
  ): Promise<{ product: StoredProduct; created: boolean }>
  /** Rejects with `ProductNotFound`. */
  product(id: string): Promise<StoredProduct>
  /** Rejects with `ProductNotFound`. */
  productByExternalId(externalId: string): Promise<StoredProduct>
  products(query: ProductQuery): Promise<ProductPage>
  /** The products with these ids, in this order, without those that there are not. */
  productsWithIds(ids: string[]): Promise<Product[]>
  /**
   * Changes the fields in the patch. A rejected product becomes pending again. If the patch changes
   * nothing, `version` and `updated_at` stay the same. `add_tags` and `remove_tags` apply to the tags as they are in
   * the transaction of the change, so of two changes at the same time neither is lost. Rejects with `ProductNotFound`, with
   * `VersionMismatch` if `versions` is given and does not contain the product's, with `ExternalIdTaken`, or with
   * `TooManyTags`.
   */
  updateProduct(id: string, patch: ProductPatch, versions?: number[]): Promise<StoredProduct>
  /**
   * Changes products in one transaction, in this order, each as `updateProduct` does, and returns the result of each.
   * A change that is refused does not prevent the others.
   */
  updateProducts(changes: { id: string; patch: ProductPatch }[]): Promise<ChangeResult[]>
  /** Deletes a product and everything that belongs to it. Rejects like `updateProduct`. */
  deleteProduct(id: string, versions?: number[]): Promise<void>
  /** Deletes products in one transaction, and returns the result of each: an id that is repeated is not found. */
  deleteProducts(ids: string[]): Promise<DeletionResult[]>
  /**
   * The offers on sale, cheapest first, then by id: a `ProductOffers` as JSON, since an engine can keep
   * them in that form. Rejects with `ProductNotFound`.
   */
  offers(productId: string): Promise<string>
  /**
   * What `make` makes of the product as `product` reads it now. An engine may keep the answer, and give it again for as
   * long as it would be the same. So `make` must depend on nothing else but `pause`, and on that only for a product that
   * is due by `pause.dueBy`. Whoever has read a product, alone or in a list, gets no older answer after that. Rejects
   * with `ProductNotFound`.
   */
  readyProduct(
    id: string,
    make: (product: StoredProduct) => ReadyAnswer,
    pause: Pause,
  ): Promise<ReadyAnswer>
  /** The same for `offers`. */
  readyOffers(productId: string, make: (offers: string) => ReadyAnswer): Promise<ReadyAnswer>
  /**
   * The same for `products`. `name` stands for the query and all else that the answer depends on. `prepare` is called only
   * if the answer is not kept; what it throws is what this rejects with.
   */
  readyPage(name: string, prepare: () => PageToMake, pause: Pause): Promise<ReadyAnswer>
  totals(): Promise<Totals>
}
