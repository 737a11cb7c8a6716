import type {
  NewProduct,
  Product,
  ProductPatch,
  ProductSort,
  RegistrationStatus,
} from '../../schemas/product.ts'
import type { SoughtWord } from '../../search/query.ts'

/** A product with the version that `If-Match` compares; each change by a client increases it. */
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
  /** Start after this place. It must come from a list with the same sort and conditions. */
  after?: Position
}

interface ProductPage {
  items: Product[]
  /** Where the next page starts; null on the last page. */
  next: Position | null
}

export interface Totals {
  products: number
  pending: number
  registered: number
  /** Offers on sale. */
  offers: number
}

/** The products, and what is on sale now. */
export interface CatalogueStore {
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
  totals(): Promise<Totals>
}
