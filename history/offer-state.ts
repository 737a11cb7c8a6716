/** An offer on sale, by its number among those of its product. */
export interface OfferState {
  number: number
  price: number
  itemsInStock: number
  /** When price or stock last changed, or it was listed; epoch ms. */
  changedAt: number
  /** The API's `lowest_prior_30d`. */
  lowestPrior: number | null
}

/** A price, and how many are in stock at it. */
export type PriceAndStock = Pick<OfferState, 'price' | 'itemsInStock'>

/** How an offer differs from what the poll before found; null: not on sale. */
export interface OfferChange {
  number: number
  before: OfferState | null
  now: OfferState | null
}

/** An offer as a poll left it. */
export interface PolledOffer extends OfferState {
  /** What happened to it last. A delisted offer keeps its last price and stock. */
  event: 'listed' | 'changed' | 'delisted'
}

/**
 * Steps through the history of a product in a window: first how the offers stood at its beginning, then how
 * they stood after each later poll up to its end. It is no generator, because a trend takes thousands of
 * steps.
 */
export interface HistoryCursor {
  /** The time of this step, epoch ms. */
  readonly at: number
  /** The changes that its poll found; none at the beginning. */
  readonly changed: readonly PolledOffer[]
  /** The offers on sale then. The next step changes them in place: copy one to keep it. */
  readonly onSale: readonly PolledOffer[]
  /** Takes a step, the first one to the beginning; false where there is none left. */
  next(): boolean
  /** Reads all polls that are left, also those after the window; false where there are none. */
  finish(): boolean
}
