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

/** A price and the stock at that price. */
export type PriceAndStock = Pick<OfferState, 'price' | 'itemsInStock'>

/** How an offer differs from the previous poll; null: not on sale. */
export interface OfferChange {
  number: number
  before: OfferState | null
  now: OfferState | null
}

/** An offer as a poll left it. */
export interface PolledOffer extends OfferState {
  /** Its last change. A delisted offer keeps its last price and stock. */
  event: 'listed' | 'changed' | 'delisted'
}

/**
 * Steps through the history of a product in a window: first the offers at its beginning, then the offers
 * after each later poll up to its end. It is not a generator, which would be slow for the thousands of steps
 * of a trend.
 */
export interface HistoryCursor {
  /** The time of this step, epoch ms. */
  readonly at: number
  /** The changes found by the poll; none at the beginning. */
  readonly changed: readonly PolledOffer[]
  /** The offers on sale at that time. The next step changes them in place: copy one to keep it. */
  readonly onSale: readonly PolledOffer[]
  /** Takes a step, first to the beginning of the window; false if none is left. */
  next(): boolean
  /** Reads all remaining polls, including those after the window; false if there are none. */
  finish(): boolean
}
