import type { Database } from 'better-sqlite3'
import type { OfferState } from '../../../history/offer-state.ts'
import type { Offer } from '../../../schemas/offer.ts'
import { byPrice, toOffer } from '../../encoding/shown-offer.ts'
import { present } from '../present.ts'

/** An offer on sale, as the API shows it and as it is kept. */
export interface ListedOffer extends OfferState {
  shown: Offer
  /** As `encodePastPrices` gives them. */
  pastPrices: string
}

/** What the API does not show of an offer. */
type Internals = [number: number, changedAt: number, pastPrices: string]

interface ListingRow {
  offers: string
  internals: string
}

function listed(shown: Offer, internals: Internals): ListedOffer {
  const [number, changedAt, pastPrices] = internals
  const { price, items_in_stock: itemsInStock, lowest_prior_30d: lowestPrior } = shown
  return { shown, number, price, itemsInStock, changedAt, lowestPrior, pastPrices }
}

/** An offer as it stands from now on. */
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

/** A row of `listings`, without its key, for these offers. */
export function listingOf(offers: ListedOffer[]): ListingRow {
  const sorted = offers.toSorted((a, b) => byPrice(a.shown, b.shown))
  return {
    offers: JSON.stringify(sorted.map(({ shown }) => shown)),
    internals: JSON.stringify(sorted.map(internalsOf)),
  }
}

/** Reads and writes the offers on sale of a product by its key. */
export function listings(db: Database) {
  const select = db.prepare<[number], ListingRow>(
    'SELECT offers, internals FROM listings WHERE product_key = ?',
  )
  const upsert = db.prepare(
    `INSERT INTO listings (product_key, offers, internals) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET offers = excluded.offers, internals = excluded.internals`,
  )

  return {
    read(productKey: number): ListedOffer[] {
      const row = select.get(productKey)
      if (!row) return []
      const offers: Offer[] = JSON.parse(row.offers)
      const internals: Internals[] = JSON.parse(row.internals)
      return offers.map((shown, index) =>
        listed(shown, present(internals[index], 'the internals of offer', shown.id)),
      )
    },

    write(productKey: number, onSale: ListedOffer[]): void {
      const { offers, internals } = listingOf(onSale)
      upsert.run(productKey, offers, internals)
    },
  }
}
