/**
 * What must follow from what the Offers service answered, written down a second time: after the
 * contract alone, in the plainest way, with nothing of the service's own code.
 */
import type { Change } from '../../../schemas/change.ts'
import { Looks, type Span } from './looks.ts'
import { OfferModel, type State } from './offer.ts'
import type { Poll, Seen } from './poll.ts'
import type { Point } from './series.ts'

export type OfferChange = Omit<Change, 'seq'>

const iso = (ms: number) => new Date(ms).toISOString()

/** What is known of one product. */
export class ProductModel {
  readonly id: string
  /** Its offers in the order in which they were first seen. */
  readonly offers = new Map<string, OfferModel>()
  /** The lowest price in stock, with the stock of all offers at that price. */
  readonly lowest: Point[] = []
  readonly looks: Looks
  /** Its changes in the feed, but for `seq`. */
  readonly changes: OfferChange[] = []
  /** How often an offer came back: at a lower price than it had, the same, or a higher one. */
  readonly returned = { lower: 0, same: 0, higher: 0 }
  #changedAt = Number.NEGATIVE_INFINITY

  constructor(id: string, pauses: readonly Span[]) {
    this.id = id
    this.looks = new Looks(pauses)
  }

  /** A run of good polls ends if none came for `gapMs`. */
  look({ at, seen }: Poll, gapMs: number, rawSince: number): void {
    if (seen) {
      this.looks.good(at, gapMs)
      this.#observe(Math.max(at, this.#changedAt + 1), seen, rawSince)
    } else {
      this.looks.end()
    }
  }

  #observe(at: number, seen: Seen[], rawSince: number): void {
    for (const { id, price, stock } of seen) {
      const offer = this.offers.get(id) ?? new OfferModel(id, at)
      const before = offer.now
      if (before?.price === price && before.stock === stock) continue
      this.offers.set(id, offer)
      this.#noteReturn(offer, price)
      offer.observe(at, price, stock, rawSince)
      this.#changed(at, id, before)
    }
    const ids = new Set(seen.map(({ id }) => id))
    for (const [id, offer] of this.offers) {
      const before = offer.now
      if (ids.has(id) || before?.price === null) continue
      offer.observe(at, null, null, rawSince)
      this.#changed(at, id, before)
    }
    this.#updateLowest(at, seen)
  }

  #noteReturn({ states, now }: OfferModel, price: number): void {
    const last = states.findLast((state) => state.price !== null)?.price
    if (typeof last !== 'number' || now?.price !== null) return
    this.returned[price < last ? 'lower' : price > last ? 'higher' : 'same'] += 1
  }

  #updateLowest(at: number, seen: Seen[]): void {
    const inStock = seen.filter(({ stock }) => stock > 0)
    const lowest = Math.min(...inStock.map(({ price }) => price))
    const cheapest = inStock.filter(({ price }) => price === lowest)
    const price = cheapest[0]?.price ?? null
    const stock = price === null ? null : cheapest.reduce((sum, offer) => sum + offer.stock, 0)
    const before = this.lowest.at(-1)
    if (before ? before.price === price && before.stock === stock : this.offers.size === 0) return
    this.lowest.push({ at, price, stock })
  }

  #changed(at: number, offer_id: string, before: State | undefined): void {
    this.#changedAt = at
    const now = this.offers.get(offer_id)?.now
    const head = { at: iso(at), product_id: this.id, offer_id }
    const was = before &&
      before.price !== null &&
      before.stock !== null && {
        previous_price: before.price,
        previous_items_in_stock: before.stock,
      }
    const is = now &&
      now.price !== null &&
      now.stock !== null && { price: now.price, items_in_stock: now.stock }
    if (!is) this.changes.push({ ...head, type: 'offer.delisted', ...was })
    else if (!was) this.changes.push({ ...head, type: 'offer.listed', ...is })
    else if (is.price !== was.previous_price) {
      this.changes.push({ ...head, type: 'offer.price_changed', ...is, ...was })
    } else {
      const { items_in_stock } = is
      const { previous_items_in_stock } = was
      const stocks = { items_in_stock, previous_items_in_stock }
      this.changes.push({ ...head, type: 'offer.stock_changed', ...stocks })
    }
  }
}
