import type { Database } from 'better-sqlite3'
import { lowestPastPrice, type PastPrices, withPastPrice } from '../../../history/lowest-prior.ts'
import { toTime } from '../../../schemas/to-time.ts'
import type { ObservedOffer } from '../../store.ts'
import { lowestOf } from '../history/lowest.ts'
import { decodePastPrices, encodePastPrices } from '../history/past-prices.ts'
import type { OfferChange } from '../history/polls.ts'
import { historyReader } from '../history/reader.ts'
import { changeLog } from './changes.ts'
import { historyLog } from './history.ts'
import { type ListedOffer, listings } from './listings.ts'

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

function pastPricesOf({ pastPrices }: Before): PastPrices {
  return decodePastPrices(Buffer.from(pastPrices, 'hex'))
}

/** The past prices of an offer whose price was in force until `at`. */
function pastPricesUntil(at: number, offer: Before): PastPrices {
  return withPastPrice(pastPricesOf(offer), offer.price, at)
}

const toHex = (past: PastPrices) => encodePastPrices(past).toString('hex')

/** What was observed of a product. */
interface Observation {
  key: number
  at: number
  offers: ObservedOffer[]
}

/** An offer that was observed at `at` and is not as it was before. */
function standing(
  number: number,
  { id, price, items_in_stock }: ObservedOffer,
  first_seen_at: string,
  at: number,
  lowestPrior: number | null,
  pastPrices: string,
): ListedOffer {
  const changed_at = toTime(at)
  return {
    shown: { id, price, items_in_stock, first_seen_at, changed_at, lowest_prior_30d: lowestPrior },
    ...{ number, price, itemsInStock: items_in_stock, changedAt: at, lowestPrior, pastPrices },
  }
}

/**
 * Gives the function that makes the offers on sale of a product those that were observed at a moment:
 * new ones are listed, changed ones changed, missing ones delisted, and what is the same is not
 * written. What changed goes to the history and to the change feed. It gives the figures that stand
 * beside the product, with the time of what changed.
 */
export function offerDiff(db: Database) {
  const history = historyLog(db)
  const changes = changeLog(db)
  const reader = historyReader(db)
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
    if (price === before.price) return before.lowestPrior // It comes back as it was.
    if (price > before.price) return null
    return lowestPastPrice(past, at, (from, to) => {
      const window = { from, to: to - 1, byHour: false }
      const product = { key: productKey, rolledUntil: 0 }
      const stretches = reader.stretches(product, before.number, window)
      const lows = stretches.flatMap(({ low }) => low ?? [])
      return lows.length > 0 ? Math.min(...lows) : null
    })
  }

  function list(productKey: number, offer: ObservedOffer, at: number): ListedOffer {
    const before = selectDelisted.get(productKey, offer.id)
    if (before) {
      const past = pastPricesOf(before)
      const lowestPrior = lowestPriorOf(productKey, at, offer.price, before, past)
      relist.run(productKey, before.number)
      const firstSeenAt = toTime(before.firstSeenAt)
      return standing(before.number, offer, firstSeenAt, at, lowestPrior, toHex(past))
    }
    const number = selectNextNumber.get(productKey) as number
    insert.run(productKey, number, offer.id, at)
    return standing(number, offer, toTime(at), at, null, '')
  }

  function change(
    productKey: number,
    before: ListedOffer,
    offer: ObservedOffer,
    at: number,
  ): ListedOffer {
    const { number, lowestPrior, pastPrices, shown } = before
    if (offer.price === before.price) {
      return standing(number, offer, shown.first_seen_at, at, lowestPrior, pastPrices)
    }
    const past = pastPricesUntil(at, before)
    const prior = lowestPriorOf(productKey, at, offer.price, before, past)
    return standing(number, offer, shown.first_seen_at, at, prior, toHex(past))
  }

  return ({ key: productKey, at: observedAt, offers }: Observation) => {
    const onSale = listed.read(productKey)
    const known = new Map(onSale.map((offer) => [offer.shown.id, offer]))
    const observed = new Set(offers.map(({ id }) => id))
    const missing = onSale
      .filter(({ shown }) => !observed.has(shown.id))
      .sort((a, b) => a.number - b.number)
    const differing = offers.filter((offer) => {
      const before = known.get(offer.id)
      return before?.price !== offer.price || before.itemsInStock !== offer.items_in_stock
    })
    const lowest = lowestOf(
      offers.map(({ price, items_in_stock: itemsInStock }) => ({ price, itemsInStock })),
    )
    const figures = { offersCount: offers.length, lowestPrice: lowest?.price ?? null }
    if (differing.length + missing.length === 0) return { ...figures, changedAt: null }

    const place = history.placeFor(productKey, observedAt)
    const { at } = place
    const changed: OfferChange[] = []
    for (const offer of differing) {
      const before = known.get(offer.id) ?? null
      const now = before ? change(productKey, before, offer, at) : list(productKey, offer, at)
      known.set(offer.id, now)
      changed.push({ number: now.number, before, now })
    }
    for (const before of missing) {
      const { number, price, lowestPrior, shown } = before
      delist.run(at, price, lowestPrior, toHex(pastPricesUntil(at, before)), productKey, number)
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
