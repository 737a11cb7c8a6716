import type { Database } from 'better-sqlite3'
import {
  type ListedOffer,
  type ListingRow,
  listedOffers,
  listingOf,
} from '../../encoding/listing.ts'

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
      return row ? listedOffers(row) : []
    },

    write(productKey: number, onSale: ListedOffer[]): void {
      const { offers, internals } = listingOf(onSale)
      upsert.run(productKey, offers, internals)
    },
  }
}
