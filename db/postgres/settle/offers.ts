import { offerDiff } from '../../../history/offer-diff.ts'
import { historyReader } from '../../encoding/history-reader.ts'
import { type DelistedOffer, type OfferBook, observe } from '../../observation.ts'
import { present } from '../../present.ts'
import type { ObservedOffer } from '../../store.ts'
import { statement } from '../connection.ts'
import type { LoadedHistory } from '../history/loaded.ts'
import { ChunkAppender } from './chunks.ts'
import type { SettledProduct } from './product.ts'

/** An offer as it is stored, without the key of its product. The last columns are null while it is on sale. */
export interface OfferRow {
  number: number
  id: string
  firstSeenAt: number
  delistedAt: number | null
  price: number | null
  lowestPrior: number | null
  pastPrices: string | null
}

/** The offers with these ids, as far as they were seen before, and the last number of each product. */
export const selectKnownOffers = statement<OfferRow & { key: number }>(
  'settle-offers',
  `SELECT product_key AS key, number, offers.id, first_seen_at AS "firstSeenAt",
     delisted_at AS "delistedAt", price, lowest_prior AS "lowestPrior", past_prices AS "pastPrices"
   FROM offers JOIN unnest($1::bigint[], $2::text[]) AS wanted (key, id)
     ON product_key = wanted.key AND offers.id = wanted.id`,
)

export const selectLastNumbers = statement<{ key: number; number: number }>(
  'settle-numbers',
  `SELECT product_key AS key, max(number) AS number FROM offers
   WHERE product_key = ANY($1::bigint[]) GROUP BY product_key`,
)

/** Thrown if the history of a product is needed. It is only read for the products that need it. */
export class HistoryNeeded extends Error {}

/** The offers of one product, changed in memory. */
export class Offers implements OfferBook {
  readonly chunks: ChunkAppender
  /** The offers to write, by number. */
  readonly written = new Map<number, OfferRow>()
  readonly #product: SettledProduct
  readonly #byId = new Map<string, OfferRow>()
  readonly #history: LoadedHistory | undefined
  #lastNumber: number

  constructor(
    product: SettledProduct,
    known: { offers: readonly OfferRow[]; lastNumber: number; history: LoadedHistory | undefined },
  ) {
    this.#product = product
    this.chunks = new ChunkAppender(product.before.chunk)
    this.#lastNumber = known.lastNumber
    this.#history = known.history?.copy()
    for (const offer of known.offers) this.#byId.set(offer.id, { ...offer })
  }

  /** Replaces the offers on sale with those observed. Returns what changed and when; undefined if nothing did. */
  observe(observedAt: number, observed: readonly ObservedOffer[]) {
    const before = this.#product.onSale
    const { differing, missing, ...figures } = offerDiff(before, observed)
    if (differing.length + missing.length === 0) return undefined
    const at = this.chunks.timeFor(observedAt)
    const { changed, onSale } = observe(this, before, { differing, missing }, at)
    this.#product.list(onSale, figures, { before: this.chunks.until, at })
    this.chunks.add(at, before, changed)
    this.#history?.replaceChunks(this.chunks.written)
    return { at, changed }
  }

  delisted(id: string): DelistedOffer | undefined {
    const known = this.#byId.get(id)
    if (!known) return undefined
    const price = present(known.price, 'the last price of offer', id)
    return { ...known, price, pastPrices: present(known.pastPrices, 'the past prices of', id) }
  }

  insert(id: string, firstSeenAt: number): number {
    this.#lastNumber += 1
    const number = this.#lastNumber
    this.#write({
      ...{ number, id, firstSeenAt, delistedAt: null },
      ...{ price: null, lowestPrior: null, pastPrices: null },
    })
    this.#history?.listed({ number, id, firstSeenAt })
    return number
  }

  relist(number: number): void {
    const found = this.#byId.values().find((offer) => offer.number === number)
    const offer = present(found, 'offer', number)
    this.#write({ ...offer, delistedAt: null, price: null, lowestPrior: null, pastPrices: null })
  }

  delist(
    at: number,
    offer: { number: number; price: number; lowestPrior: number | null; pastPrices: string },
  ): void {
    const { number, price, lowestPrior, pastPrices } = offer
    const found = this.#product.onSale.find((listed) => listed.number === number)
    const { shown } = present(found, 'offer', number)
    const firstSeenAt = Date.parse(shown.first_seen_at)
    this.#write({
      number,
      id: shown.id,
      firstSeenAt,
      delistedAt: at,
      price,
      lowestPrior,
      pastPrices,
    })
  }

  lowestBetween(number: number, from: number, to: number): number | null {
    if (!this.#history) throw new HistoryNeeded()
    const { key } = this.#product.before
    return historyReader(this.#history).lowestBetween({ key, number, firstSeenAt: 0 }, from, to)
  }

  #write(offer: OfferRow): void {
    this.#byId.set(offer.id, offer)
    this.written.set(offer.number, offer)
  }
}
