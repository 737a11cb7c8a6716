import type { Database } from 'better-sqlite3'
import type { ObservedOffer } from '../../store.ts'

/** What is known of an offer on sale. */
interface KnownOffer {
  key: number
  id: string
  price: number
  itemsInStock: number
}

/**
 * Gives the function that makes the offers on sale of a product those that were observed at a moment:
 * new ones are listed, changed ones changed, missing ones delisted, and what is the same is not
 * written. It gives the figures that stand beside the product.
 */
export function offerDiff(db: Database) {
  const selectOnSale = db.prepare<[number], KnownOffer>(
    `SELECT key, id, price, items_in_stock AS itemsInStock FROM offers
     WHERE product_key = ? AND delisted_at IS NULL`,
  )
  const change = db.prepare(
    `UPDATE offers SET price = @price, items_in_stock = @itemsInStock, changed_at = @at
     WHERE key = @key`,
  )
  const delist = db.prepare('UPDATE offers SET delisted_at = @at WHERE key = @key')
  // An offer that was on sale before comes back as the same offer.
  const list = db.prepare(
    `INSERT INTO offers (product_key, id, price, items_in_stock, first_seen_at, changed_at)
     VALUES (@productKey, @id, @price, @itemsInStock, @at, @at)
     ON CONFLICT (product_key, id) DO UPDATE SET price = excluded.price,
       items_in_stock = excluded.items_in_stock, changed_at = excluded.changed_at,
       delisted_at = NULL`,
  )

  return (observed: { key: number; at: number; offers: ObservedOffer[] }) => {
    const { key: productKey, at } = observed
    const known = new Map(selectOnSale.all(productKey).map((offer) => [offer.id, offer]))
    let lowestPrice: number | null = null
    for (const { id, price, items_in_stock: itemsInStock } of observed.offers) {
      if (itemsInStock > 0 && (lowestPrice === null || price < lowestPrice)) lowestPrice = price
      const before = known.get(id)
      known.delete(id)
      if (!before) {
        list.run({ productKey, id, price, itemsInStock, at })
      } else if (before.price !== price || before.itemsInStock !== itemsInStock) {
        change.run({ key: before.key, price, itemsInStock, at })
      }
    }
    for (const { key } of known.values()) delist.run({ key, at })
    return { offersCount: observed.offers.length, lowestPrice }
  }
}
