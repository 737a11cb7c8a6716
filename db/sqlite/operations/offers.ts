import type { Database } from 'better-sqlite3'
import { lowestPastPrice, type PastPrices, withPastPrice } from '../../../history/lowest-prior.ts'
import type { ObservedOffer } from '../../store.ts'
import { lowestOf } from '../history/lowest.ts'
import { decodePastPrices, encodePastPrices } from '../history/past-prices.ts'
import type { OfferChange, OfferState } from '../history/polls.ts'
import { historyReader } from '../history/reader.ts'
import { changeLog } from './changes.ts'
import { historyLog } from './history.ts'

/** An offer as it is kept; one that is not on sale stands as it was last. */
interface OfferRow extends OfferState {
  id: string
  /** In hexadecimal: to have the bytes from the database takes three times as long. */
  pastPrices: string
}

const COLUMNS = `number, id, price, items_in_stock AS itemsInStock, changed_at AS changedAt,
  lowest_prior AS lowestPrior, hex(past_prices) AS pastPrices`

function pastPricesOf({ pastPrices }: OfferRow): PastPrices {
  return decodePastPrices(Buffer.from(pastPrices, 'hex'))
}

/** The past prices of an offer whose price was in force until `at`. */
function pastPricesUntil(at: number, offer: OfferRow): PastPrices {
  return withPastPrice(pastPricesOf(offer), offer.price, at)
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
export function offerDiff(db: Database) {
  const history = historyLog(db)
  const changes = changeLog(db)
  const reader = historyReader(db)
  const selectOnSale = db.prepare<[number], OfferRow>(
    `SELECT ${COLUMNS} FROM offers WHERE product_key = ? AND delisted_at IS NULL`,
  )
  const selectById = db.prepare<[number, string], OfferRow>(
    `SELECT ${COLUMNS} FROM offers WHERE product_key = ? AND id = ?`,
  )
  const selectNextNumber = db
    .prepare<[number], number>(
      'SELECT coalesce(max(number), 0) + 1 FROM offers WHERE product_key = ?',
    )
    .pluck()
  const insert = db.prepare(
    `INSERT INTO offers (product_key, number, id, price, items_in_stock, first_seen_at, changed_at,
       past_prices)
     VALUES (@productKey, @number, @id, @price, @itemsInStock, @changedAt, @changedAt, x'')`,
  )
  const restock = db.prepare(
    `UPDATE offers SET items_in_stock = @itemsInStock, changed_at = @changedAt
     WHERE product_key = @productKey AND number = @number`,
  )
  // By place, which is faster than by name: this runs for each price that changes.
  const repriceRow = db.prepare(
    `UPDATE offers SET price = ?, items_in_stock = ?, changed_at = ?, lowest_prior = ?,
       past_prices = ?
     WHERE product_key = ? AND number = ?`,
  )
  // By itself, as to set it would touch an index and a trigger at each change of a price.
  const relist = db.prepare(
    'UPDATE offers SET delisted_at = NULL WHERE product_key = @productKey AND number = @number',
  )
  const delist = db.prepare(
    `UPDATE offers SET delisted_at = @at, past_prices = @pastPrices
     WHERE product_key = @productKey AND number = @number`,
  )

  function reprice(productKey: number, now: OfferState, past: PastPrices): void {
    const { number, price, itemsInStock, changedAt, lowestPrior } = now
    const pastPrices = encodePastPrices(past)
    repriceRow.run(price, itemsInStock, changedAt, lowestPrior, pastPrices, productKey, number)
  }

  /** `lowest_prior_30d` of an offer that takes another price, or comes back on sale. */
  function lowestPriorOf(
    productKey: number,
    at: number,
    price: number,
    before: OfferRow,
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

  function list(productKey: number, offer: ObservedOffer, at: number): OfferState {
    const { id, price, items_in_stock: itemsInStock } = offer
    const before = selectById.get(productKey, id)
    if (before) {
      const past = pastPricesOf(before)
      const lowestPrior = lowestPriorOf(productKey, at, price, before, past)
      const { number } = before
      const now = { number, price, itemsInStock, changedAt: at, lowestPrior }
      reprice(productKey, now, past)
      relist.run({ productKey, number })
      return now
    }
    const number = selectNextNumber.get(productKey) as number
    const now = { number, price, itemsInStock, changedAt: at, lowestPrior: null }
    insert.run({ productKey, id, ...now })
    return now
  }

  function change(
    productKey: number,
    before: OfferRow,
    offer: ObservedOffer,
    at: number,
  ): OfferState {
    const { price, items_in_stock: itemsInStock } = offer
    const { number } = before
    if (price === before.price) {
      const now = { number, price, itemsInStock, changedAt: at, lowestPrior: before.lowestPrior }
      restock.run({ productKey, number, itemsInStock, changedAt: at })
      return now
    }
    const past = pastPricesUntil(at, before)
    const lowestPrior = lowestPriorOf(productKey, at, price, before, past)
    const now = { number, price, itemsInStock, changedAt: at, lowestPrior }
    reprice(productKey, now, past)
    return now
  }

  return ({ key: productKey, at: observedAt, offers }: Observation) => {
    const onSale = selectOnSale.all(productKey)
    const known = new Map(onSale.map((offer) => [offer.id, offer]))
    const observed = new Set(offers.map(({ id }) => id))
    const missing = onSale.filter(({ id }) => !observed.has(id))
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
      changed.push({ number: now.number, before, now })
    }
    for (const before of missing) {
      const { number } = before
      const pastPrices = encodePastPrices(pastPricesUntil(at, before))
      delist.run({ productKey, number, at, pastPrices })
      changed.push({ number, before, now: null })
    }
    history.add(productKey, place, onSale, changed)
    changes.offers(productKey, at, changed)
    return { ...figures, changedAt: at }
  }
}
