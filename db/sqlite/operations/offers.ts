import type { Database } from 'better-sqlite3'
import { lowestPriorFrom, type PastPrices, withPastPrice } from '../../../history/lowest-prior.ts'
import { offerDiff } from '../../../history/offer-diff.ts'
import type { OfferChange } from '../../../history/offer-state.ts'
import { toTime } from '../../../schemas/to-time.ts'
import { historyReader } from '../../encoding/history-reader.ts'
import { type ListedOffer, listedOffer } from '../../encoding/listing.ts'
import { decodePastPrices, encodePastPrices } from '../../encoding/past-prices.ts'
import { present } from '../../present.ts'
import type { ObservedOffer } from '../../store.ts'
import { historyRows } from '../history/rows.ts'
import { changeLog } from './changes.ts'
import { historyLog } from './history.ts'
import { listings } from './listings.ts'

/** An offer that was delisted. */
interface DelistedOffer {
  number: number
  firstSeenAt: number
  price: number
  lowestPrior: number | null
  pastPrices: string
}

/** An offer before a change of its price. */
type Before = Pick<ListedOffer, 'number' | 'price' | 'lowestPrior' | 'pastPrices'>

/** The past prices of an offer whose price was in force until `at`. */
function pastPricesUntil(at: number, { price, pastPrices }: Before): PastPrices {
  return withPastPrice(decodePastPrices(pastPrices), price, at)
}

/** What was observed of a product. */
interface Observation {
  key: number
  at: number
  offers: ObservedOffer[]
}

/**
 * Gives the function that makes the offers on sale of a product those that were observed at a moment:
 * new ones are listed, changed ones changed, missing ones delisted, and what is the same is not
 * written. What changed goes to the history and to the change feed. It gives the figures that stand
 * beside the product, with the time of what changed.
 */
export function offerWriter(db: Database) {
  const history = historyLog(db)
  const changes = changeLog(db)
  const reader = historyReader(historyRows(db))
  const listed = listings(db)
  const selectDelisted = db.prepare<[number, string], DelistedOffer>(
    `SELECT number, first_seen_at AS firstSeenAt, price, lowest_prior AS lowestPrior,
       past_prices AS pastPrices
     FROM offers WHERE product_key = ? AND id = ?`,
  )
  const selectNextNumber = db
    .prepare<[number], number>(
      'SELECT coalesce(max(number), 0) + 1 FROM offers WHERE product_key = ?',
    )
    .pluck()
  const insert = db.prepare(
    'INSERT INTO offers (product_key, number, id, first_seen_at) VALUES (?, ?, ?, ?)',
  )
  const relist = db.prepare(
    `UPDATE offers SET delisted_at = NULL, price = NULL, lowest_prior = NULL, past_prices = NULL
     WHERE product_key = ? AND number = ?`,
  )
  const delist = db.prepare(
    `UPDATE offers SET delisted_at = ?, price = ?, lowest_prior = ?, past_prices = ?
     WHERE product_key = ? AND number = ?`,
  )
  const count = db.prepare('UPDATE totals SET offers = offers + ? WHERE key = 1')

  /** `lowest_prior_30d` of an offer that takes another price, or comes back on sale. */
  function lowestPriorOf(
    productKey: number,
    at: number,
    price: number,
    before: Before,
    past: PastPrices,
  ): number | null {
    const offer = { key: productKey, number: before.number, firstSeenAt: 0 }
    return lowestPriorFrom(at, price, before, past, (from, to) =>
      reader.lowestBetween(offer, from, to),
    )
  }

  function list(productKey: number, offer: ObservedOffer, at: number): ListedOffer {
    const { id, price, items_in_stock: itemsInStock } = offer
    const before = selectDelisted.get(productKey, id)
    if (before) {
      const { number, firstSeenAt, pastPrices } = before
      const past = decodePastPrices(pastPrices)
      const lowestPrior = lowestPriorOf(productKey, at, price, before, past)
      relist.run(productKey, number)
      const now = { number, price, itemsInStock, changedAt: at, lowestPrior }
      return listedOffer(id, toTime(firstSeenAt), now, pastPrices)
    }
    const number = present(selectNextNumber.get(productKey), 'the number of the next offer')
    insert.run(productKey, number, id, at)
    const now = { number, price, itemsInStock, changedAt: at, lowestPrior: null }
    return listedOffer(id, toTime(at), now, encodePastPrices([]))
  }

  function change(
    productKey: number,
    before: ListedOffer,
    offer: ObservedOffer,
    at: number,
  ): ListedOffer {
    const { id, price, items_in_stock: itemsInStock } = offer
    const { number, shown } = before
    if (price === before.price) {
      const now = { number, price, itemsInStock, changedAt: at, lowestPrior: before.lowestPrior }
      return listedOffer(id, shown.first_seen_at, now, before.pastPrices)
    }
    const past = pastPricesUntil(at, before)
    const lowestPrior = lowestPriorOf(productKey, at, price, before, past)
    const now = { number, price, itemsInStock, changedAt: at, lowestPrior }
    return listedOffer(id, shown.first_seen_at, now, encodePastPrices(past))
  }

  return ({ key: productKey, at: observedAt, offers }: Observation) => {
    const onSale = listed.read(productKey)
    const { differing, missing, ...figures } = offerDiff(onSale, offers)
    if (differing.length + missing.length === 0) return { ...figures, changedAt: null }

    const known = new Map(onSale.map((offer) => [offer.shown.id, offer]))
    const place = history.placeFor(productKey, observedAt)
    const { at } = place
    const changed: OfferChange[] = []
    for (const { offer, before } of differing) {
      const now = before ? change(productKey, before, offer, at) : list(productKey, offer, at)
      known.set(offer.id, now)
      changed.push({ number: now.number, before, now })
    }
    for (const before of missing) {
      const { number, price, lowestPrior, shown } = before
      const pastPrices = encodePastPrices(pastPricesUntil(at, before))
      delist.run(at, price, lowestPrior, pastPrices, productKey, number)
      known.delete(shown.id)
      changed.push({ number, before, now: null })
    }
    listed.write(productKey, [...known.values()])
    if (known.size !== onSale.length) count.run(known.size - onSale.length)
    history.add(productKey, place, onSale, changed)
    changes.offers(productKey, at, changed)
    return { ...figures, changedAt: at }
  }
}
