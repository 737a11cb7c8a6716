import type { OfferState } from '../../history/offer-state.ts'
import type { Offer } from '../../schemas/offer.ts'
import { present } from '../present.ts'
import { byPrice, toOffer } from './shown-offer.ts'

/** An offer on sale, as the API shows it and as it is kept. */
export interface ListedOffer extends OfferState {
  shown: Offer
  /** As `encodePastPrices` gives them. */
  pastPrices: string
}

/** What the API does not show of an offer. */
type Internals = [number: number, changedAt: number, pastPrices: string]

/** The offers on sale of a product, cheapest first, as they are stored. */
export interface ListingRow {
  offers: string
  internals: string
}

function listed(shown: Offer, internals: Internals): ListedOffer {
  const [number, changedAt, pastPrices] = internals
  const { price, items_in_stock: itemsInStock, lowest_prior_30d: lowestPrior } = shown
  return { shown, number, price, itemsInStock, changedAt, lowestPrior, pastPrices }
}

/** An offer in its new state. */
export function listedOffer(
  id: string,
  firstSeenAt: string,
  state: OfferState,
  pastPrices: string,
): ListedOffer {
  return { ...state, shown: toOffer(id, firstSeenAt, state), pastPrices }
}

function internalsOf({ number, changedAt, pastPrices }: ListedOffer): Internals {
  return [number, changedAt, pastPrices]
}

/** The row that stores these offers. */
export function listingOf(offers: readonly ListedOffer[]): ListingRow {
  const sorted = offers.toSorted((a, b) => byPrice(a.shown, b.shown))
  return {
    offers: JSON.stringify(sorted.map(({ shown }) => shown)),
    internals: JSON.stringify(sorted.map(internalsOf)),
  }
}

/** The offers that a row stores. */
export function listedOffers(row: ListingRow): ListedOffer[] {
  const offers: Offer[] = JSON.parse(row.offers)
  const internals: Internals[] = JSON.parse(row.internals)
  return offers.map((shown, index) =>
    listed(shown, present(internals[index], 'the internals of offer', shown.id)),
  )
}
