import type { Database } from 'better-sqlite3'
import { offerDiff } from '../../../history/offer-diff.ts'
import { historyReader } from '../../encoding/history-reader.ts'
import { type DelistedOffer, type OfferBook, observe } from '../../observation.ts'
import { present } from '../../present.ts'
import type { ObservedOffer } from '../../store.ts'
import { historyRows } from '../history/rows.ts'
import { changeLog } from './changes.ts'
import { historyLog } from './history.ts'
import { listings } from './listings.ts'

/** The offers that a poll of a product found. */
interface PollResult {
  key: number
  at: number
  offers: ObservedOffer[]
}

/**
 * Makes the function that applies a poll to the offers of a product. It writes what changed, also to the history and
 * to the change feed. It returns the figures that are stored with the product, the time of the change, null if nothing
 * changed, and the time of the change before it, null if there was none.
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

  const bookOf = (key: number): OfferBook => ({
    delisted: (id) => selectDelisted.get(key, id),
    insert(id, firstSeenAt) {
      const number = present(selectNextNumber.get(key), 'the number of the next offer')
      insert.run(key, number, id, firstSeenAt)
      return number
    },
    relist: (number) => relist.run(key, number),
    delist: (at, { number, price, lowestPrior, pastPrices }) =>
      delist.run(at, price, lowestPrior, pastPrices, key, number),
    lowestBetween: (number, from, to) =>
      reader.lowestBetween({ key, number, firstSeenAt: 0 }, from, to),
  })

  return ({ key, at: observedAt, offers }: PollResult) => {
    const before = listed.read(key)
    const { differing, missing, ...figures } = offerDiff(before, offers)
    if (differing.length + missing.length === 0)
      return { ...figures, changedAt: null, changedBefore: null }

    const place = history.placeFor(key, observedAt)
    const { at } = place
    const { changed, onSale } = observe(bookOf(key), before, { differing, missing }, at)
    listed.write(key, onSale)
    if (onSale.length !== before.length) count.run(onSale.length - before.length)
    history.add(key, place, before, changed)
    changes.offers(key, at, changed)
    return { ...figures, changedAt: at, changedBefore: place.last?.until ?? null }
  }
}
