/** There is no product with this id. */
export class ProductNotFound extends Error {
  readonly code = 'PRODUCT_NOT_FOUND'

  constructor(id: string) {
    super(`There is no product ${id}`)
  }
}

/** The product has changed since the version that the caller knows. */
export class VersionMismatch extends Error {
  readonly code = 'VERSION_MISMATCH'

  constructor(id: string) {
    super(`Product ${id} has changed since the version that If-Match names`)
  }
}

/** The database cannot do its work just now (disk full, I/O error, closed). */
export class StoreUnavailable extends Error {
  constructor(cause: unknown) {
    super('The store is unavailable', { cause })
  }
}
