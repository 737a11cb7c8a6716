import type { Sighting } from '../../alerts/watch.ts'
import type { OfferChange } from '../../history/offer-state.ts'
import { encodeChanges, kindOf, POLL, type PRODUCT_CHANGES } from '../encoding/changes.ts'
import { encodeAlert } from '../encoding/feed-rows.ts'
import { byteaArray } from './arrays.ts'
import { statement } from './connection.ts'

/** Changes of the totals of the catalogue. */
interface Differences {
  products: number
  pending: number
  registered: number
  offers: number
}

/** A deleted product that the feed still mentions. */
interface DeletedProduct {
  key: number
  id: string
  tags: string
  /** The ids of its offers by their number, as JSON. */
  offers: string
}

/** The other columns of a row. */
interface Details {
  offers?: Buffer | null
  alert?: string | null
  tags?: string | null
}

/**
 * The only statement that assigns `seq`. It locks the counter until the commit, which is sent together with it, so that
 * changes are committed in the order of their `seq` and without gaps.
 */
const append = statement<{ seq: number }>(
  'feed-append',
  `WITH counted AS (
     UPDATE feed SET seq = seq + $1, created_at = greatest(created_at, $2), products = products + $3,
       pending = pending + $4, registered = registered + $5, offers = offers + $6,
       compacted_seq = greatest(compacted_seq, $16)
     RETURNING seq - $1::bigint AS before
   ), changed AS (
     INSERT INTO changes (seq, at, kind, product_key, offers, alert, tags)
     SELECT before + place, at, kind, product_key, offers, alert, tags
     FROM counted, unnest($7::bigint[], $8::bigint[], $9::smallint[], $10::bigint[], $11::bytea[], $17::text[],
       $18::text[]) AS row (place, at, kind, product_key, offers, alert, tags)
   ), deleted AS (
     INSERT INTO deleted_products (key, id, offers, seq)
     SELECT key, id, offers, before + place
     FROM counted, unnest($12::bigint[], $13::text[], $14::text[], $15::bigint[])
       AS row (key, id, offers, place)
   )
   SELECT before + $1::bigint AS seq FROM counted`,
)

/** Collects what a transaction adds to the feed and to the totals. It is written at the end of the transaction. */
export class FeedDraft {
  readonly #differences: Differences = { products: 0, pending: 0, registered: 0, offers: 0 }
  /** The place of each row in this transaction, its time, kind and product. */
  readonly #columns: number[][] = [[], [], [], []]
  readonly #offers: (Buffer | null)[] = []
  readonly #alerts: (string | null)[] = []
  readonly #tags: (string | null)[] = []
  readonly #deleted: (DeletedProduct & { place: number })[] = []
  #places = 0
  /** The latest creation time of a product that the transaction made; 0 for none. */
  createdAt = 0
  /** The changes up to this one are deleted from the feed; 0 for none. */
  compactedSeq = 0

  /** Whether there is nothing to add. */
  get isEmpty(): boolean {
    const isUncounted = Object.values(this.#differences).every((number) => number === 0)
    return this.#places === 0 && this.compactedSeq === 0 && isUncounted
  }

  count(differences: Partial<Differences>): void {
    const counts = this.#differences
    counts.products += differences.products ?? 0
    counts.pending += differences.pending ?? 0
    counts.registered += differences.registered ?? 0
    counts.offers += differences.offers ?? 0
  }

  /** `tags` are those before the change, as JSON, if it changes them or deletes the product. */
  product(
    type: (typeof PRODUCT_CHANGES)[number],
    key: number,
    at: number,
    tags: string | null = null,
  ): void {
    this.#add(1, at, kindOf(type), key, { tags })
  }

  /** Adds the deletion of a product. Its names are kept for as long as the feed mentions it. */
  deleted(product: DeletedProduct, at: number): void {
    this.product('product.deleted', product.key, at, product.tags)
    this.#deleted.push({ ...product, place: this.#places })
  }

  poll(key: number, at: number, changes: OfferChange[]): void {
    this.#add(changes.length, at, POLL, key, { offers: encodeChanges(changes) })
  }

  /** An alert fired for a product. */
  alert(id: string, key: number, sighting: Sighting): void {
    this.#add(1, sighting.at, POLL, key, {
      offers: Buffer.alloc(0),
      alert: encodeAlert(id, sighting),
    })
  }

  /** The statement that adds all of it, with its values. */
  get append() {
    const { products, pending, registered, offers } = this.#differences
    const deleted = this.#deleted
    return {
      statement: append,
      values: [
        this.#places,
        this.createdAt,
        ...[products, pending, registered, offers],
        ...this.#columns,
        byteaArray(this.#offers),
        deleted.map(({ key }) => key),
        deleted.map(({ id }) => id),
        deleted.map(({ offers }) => offers),
        deleted.map(({ place }) => place),
        this.compactedSeq,
        this.#alerts,
        this.#tags,
      ],
    }
  }

  #add(
    places: number,
    at: number,
    kind: number,
    key: number,
    { offers = null, alert = null, tags = null }: Details,
  ): void {
    this.#places += places
    for (const [index, value] of [this.#places, at, kind, key].entries()) {
      this.#columns[index]?.push(value)
    }
    this.#offers.push(offers)
    this.#alerts.push(alert)
    this.#tags.push(tags)
  }
}
