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

/** How an offer differs from what the poll before found; null: not on sale. */
export interface OfferChange {
  number: number
  before: OfferState | null
  now: OfferState | null
}
