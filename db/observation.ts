import { lowestPriorFrom, type PastPrices, withPastPrice } from '../history/lowest-prior.ts'
import type { offerDiff } from '../history/offer-diff.ts'
import type { OfferChange } from '../history/offer-state.ts'
import { toTime } from '../schemas/to-time.ts'
import { type ListedOffer, listedOffer } from './encoding/listing.ts'
import { decodePastPrices, encodePastPrices } from './encoding/past-prices.ts'
import type { ObservedOffer } from './store.ts'

/** An offer that was delisted. */
export interface DelistedOffer {
  number: number
  firstSeenAt: number
  price: number
  lowestPrior: number | null
  pastPrices: string
}

/** An offer before a change of its price. */
type Before = Pick<ListedOffer, 'number' | 'price' | 'lowestPrior' | 'pastPrices'>

/** The offers of one product, as an engine stores them. */
export interface OfferBook {
  /** Finds an offer that was delisted, by its id. */
  delisted(id: string): DelistedOffer | undefined
  /** Stores a new offer, and returns its number. */
  insert(id: string, firstSeenAt: number): number
  /** Records that a delisted offer is on sale again. */
  relist(number: number): void
  /** Records that an offer is no longer on sale from `at` on. */
  delist(at: number, offer: Before): void
  /** The lowest price of an offer in a period; null if not on sale. */
  lowestBetween(number: number, from: number, to: number): number | null
}

/** The outcome of a poll. */
export interface Observation {
  changed: OfferChange[]
  onSale: ListedOffer[]
}

/** The past prices of an offer whose price is in force until `at`. */
function pastPricesUntil(at: number, { price, pastPrices }: Before): PastPrices {
  return withPastPrice(decodePastPrices(pastPrices), price, at)
}

/**
 * Applies what a poll found to the offers on sale: new ones are listed, changed ones changed, missing ones
 * delisted. `diff` is how they differ, and `at` the time of the observation.
 */
export function observe(
  book: OfferBook,
  onSale: readonly ListedOffer[],
  diff: Pick<ReturnType<typeof offerDiff<ListedOffer>>, 'differing' | 'missing'>,
  at: number,
): Observation {
  /** `lowest_prior_30d` of an offer whose price changes, or that returns to sale. */
  function lowestPriorOf(price: number, before: Before, past: PastPrices): number | null {
    const lowest = (from: number, to: number) => book.lowestBetween(before.number, from, to)
    return lowestPriorFrom(at, price, before, past, lowest)
  }

  function list({ id, price, items_in_stock: itemsInStock }: ObservedOffer): ListedOffer {
    const before = book.delisted(id)
    if (before) {
      const { number, firstSeenAt, pastPrices } = before
      const lowestPrior = lowestPriorOf(price, before, decodePastPrices(pastPrices))
      book.relist(number)
      const now = { number, price, itemsInStock, changedAt: at, lowestPrior }
      return listedOffer(id, toTime(firstSeenAt), now, pastPrices)
    }
    const number = book.insert(id, at)
    const now = { number, price, itemsInStock, changedAt: at, lowestPrior: null }
    return listedOffer(id, toTime(at), now, encodePastPrices([]))
  }

  function change(before: ListedOffer, offer: ObservedOffer): ListedOffer {
    const { id, price, items_in_stock: itemsInStock } = offer
    const { number, shown } = before
    if (price === before.price) {
      const now = { number, price, itemsInStock, changedAt: at, lowestPrior: before.lowestPrior }
      return listedOffer(id, shown.first_seen_at, now, before.pastPrices)
    }
    const past = pastPricesUntil(at, before)
    const lowestPrior = lowestPriorOf(price, before, past)
    const now = { number, price, itemsInStock, changedAt: at, lowestPrior }
    return listedOffer(id, shown.first_seen_at, now, encodePastPrices(past))
  }

  const known = new Map(onSale.map((offer) => [offer.shown.id, offer]))
  const changed: OfferChange[] = []
  for (const { offer, before } of diff.differing) {
    const now = before ? change(before, offer) : list(offer)
    known.set(offer.id, now)
    changed.push({ number: now.number, before, now })
  }
  for (const before of diff.missing) {
    book.delist(at, { ...before, pastPrices: encodePastPrices(pastPricesUntil(at, before)) })
    known.delete(before.shown.id)
    changed.push({ number: before.number, before, now: null })
  }
  return { changed, onSale: [...known.values()] }
}
