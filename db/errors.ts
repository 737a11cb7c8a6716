/** There is no such product. `which` is its id, or a phrase such as `with the external_id "a"`. */
export class ProductNotFound extends Error {
  readonly code = 'PRODUCT_NOT_FOUND'

  constructor(which: string) {
    super(`There is no product ${which}`)
  }
}

/** Another product has this external id. */
export class ExternalIdTaken extends Error {
  readonly code = 'EXTERNAL_ID_TAKEN'

  constructor(externalId: string, productId: string) {
    super(
      `The external_id ${JSON.stringify(externalId)} belongs to product ${productId}; ` +
        'change that product, or choose another external_id',
    )
  }
}

/** The product would have more tags than are allowed. */
export class TooManyTags extends Error {
  readonly code = 'TOO_MANY_TAGS'

  constructor(productId: string, tags: number, most: number) {
    super(
      `Product ${productId} would have ${tags} tags; at most ${most} are allowed. Add fewer, or remove some in the same ` +
        'change',
    )
  }
}

/** The idempotency key belongs to another request. */
export class IdempotencyKeyReused extends Error {
  readonly code = 'IDEMPOTENCY_KEY_REUSED'

  constructor() {
    super(
      'This Idempotency-Key belongs to another request of the last 24 hours; give each request a key of its own',
    )
  }
}

/** Another instance is carrying out the first request with this idempotency key. */
export class IdempotencyKeyInUse extends Error {
  readonly code = 'IDEMPOTENCY_KEY_IN_USE'

  constructor() {
    super(
      'The first request with this Idempotency-Key is still running; send this one again in a second',
    )
  }
}

/** The product never had an offer with this id. */
export class OfferNotFound extends Error {
  readonly code = 'OFFER_NOT_FOUND'

  constructor(productId: string, offerId: string) {
    super(`Product ${productId} never had an offer ${JSON.stringify(offerId)}`)
  }
}

/** There is no alert with this id. */
export class AlertNotFound extends Error {
  readonly code = 'ALERT_NOT_FOUND'

  constructor(id: string) {
    super(`There is no alert ${id}`)
  }
}

/** An alert that fires for what is true already would have to look at too many products. */
export class TooManyWatched extends Error {
  readonly code = 'TOO_MANY_WATCHED'

  constructor(most: number) {
    super(
      `With fire_if_true, an alert watches at most ${most} products; leave it out, or choose a product_id or a tag`,
    )
  }
}

/** Some changes after the given one have left the feed. */
export class ChangesCompacted extends Error {
  readonly code = 'CHANGES_COMPACTED'

  constructor(after: number, kept: number) {
    super(`The changes after ${after} are gone; those after ${kept} are kept`)
  }
}

/** There is no such webhook. */
export class WebhookNotFound extends Error {
  readonly code = 'WEBHOOK_NOT_FOUND'

  constructor(id: string) {
    super(`There is no webhook ${id}`)
  }
}

/** As many webhooks as are allowed exist already. */
export class TooManyWebhooks extends Error {
  readonly code = 'TOO_MANY_WEBHOOKS'

  constructor(limit: number) {
    super(`There are ${limit} webhooks already, the most that are allowed; delete one first`)
  }
}

/** The product has changed since the version that the caller knows, or is gone. */
export class VersionMismatch extends Error {
  readonly code = 'VERSION_MISMATCH'
}

/**
 * The database cannot do its work just now (disk full, I/O error, closed). What was to be written was not,
 * nor will it be.
 */
export class StoreUnavailable extends Error {
  constructor(cause: unknown, message = 'The store is unavailable') {
    super(message, { cause })
  }
}

/** What this needs of the database is damaged. It will fail again; everything else goes on. */
export class StoreDamaged extends StoreUnavailable {
  /** The tables that it can be in; none where that is not known. */
  readonly tables: readonly string[]

  /** `remedy` says what to do about damage with this engine. */
  constructor(tables: readonly string[], cause: unknown, remedy: string) {
    const where = tables.length > 0 ? ` in ${tables.join(' or ')}` : ''
    super(cause, `The database is damaged${where}; ${remedy}`)
    this.tables = tables
  }
}

/** A value in the database is missing, or was never written as it stands there. */
export class Undecodable extends Error {
  constructor(message: string) {
    const damagedTables: string[] = [] // The value alone does not tell.
    super(message, { cause: { damagedTables } })
  }
}

/** It is unknown whether a write was applied: its commit had begun, and its end is unknown. */
export class OutcomeUnknown extends Error {
  constructor(cause: unknown) {
    super('Whether the write was stored is not known', { cause })
  }
}
