/**
 * The stored format of a product's history: chunks of a few hundred bytes, each with the changes found by
 * consecutive polls. A row for each change would take five times the space, and a poll of ten offers would
 * touch ten places of an index; with chunks it appends a few bytes to one row.
 *
 * A chunk starts with the offers on sale before its first poll, so that it can be read on its own.
 * A record follows for each poll that found a change:
 *
 *     chunk   = count opened{count} poll*
 *     opened  = number price stock age prior   age: ms from its last change to the first poll
 *     poll    = ms count change{count}         ms: since the previous poll in the chunk; 0 for the first
 *     change  = number * 8 + kind, then
 *       listed:    price stock prior
 *       raised:    by stock
 *       lowered:   by stock prior
 *       restocked: stock
 *       delisted:
 *     prior   = 0 for none, else the price + 1
 */
import type { OfferChange, OfferState, PolledOffer } from '../../history/offer-state.ts'
import { ByteReader, ByteWriter } from './bytes.ts'

/** The length in bytes from which a chunk takes no more polls. SQLite stores rows over 1,000 bytes in a page of their own. */
export const CHUNK_BYTES = 800

const Kind = { listed: 0, raised: 1, lowered: 2, restocked: 3, delisted: 4 } as const

const encodePrior = (price: number | null) => (price === null ? 0 : price + 1)
const decodePrior = (value: number) => (value === 0 ? null : value - 1)

/** The opening of a chunk: the offers on sale before its first poll, which is at `since`, epoch ms. */
export function encodeOpening(onSale: OfferState[], since: number): Buffer {
  const out = new ByteWriter().uint(onSale.length)
  for (const offer of onSale) {
    out.uint(offer.number).uint(offer.price).uint(offer.itemsInStock)
    out.uint(since - offer.changedAt).uint(encodePrior(offer.lowestPrior))
  }
  return out.bytes()
}

function encodeChange(out: ByteWriter, { number, before, now }: OfferChange): void {
  const head = (kind: number) => out.uint(number * 8 + kind)
  if (now === null) {
    head(Kind.delisted)
  } else if (before === null) {
    head(Kind.listed).uint(now.price).uint(now.itemsInStock).uint(encodePrior(now.lowestPrior))
  } else if (now.price > before.price) {
    head(Kind.raised)
      .uint(now.price - before.price)
      .uint(now.itemsInStock)
  } else if (now.price < before.price) {
    head(Kind.lowered)
      .uint(before.price - now.price)
      .uint(now.itemsInStock)
    out.uint(encodePrior(now.lowestPrior))
  } else {
    head(Kind.restocked).uint(now.itemsInStock)
  }
}

/** The record of a poll, `ms` after the previous one in the chunk. */
export function encodePoll(ms: number, changes: OfferChange[]): Buffer {
  const out = new ByteWriter().uint(ms).uint(changes.length)
  for (const change of changes) encodeChange(out, change)
  return out.bytes()
}

/**
 * Reads a chunk: first the offers on sale, then the changes poll by poll. A trend reads tens of thousands of
 * changes, so they are applied to the offers in place, without an object for each of them.
 */
export class Chunk {
  readonly #input: ByteReader
  /** The offers on sale, by number. */
  readonly #byNumber: (PolledOffer | undefined)[] = []
  /** The time of the next poll; infinite at the end. */
  nextAt: number
  /** The offers on sale after the polls read so far, in the order in which they were listed. */
  readonly onSale: PolledOffer[] = []
  /** The changes that the last poll read found. Reading on changes all offers in place. */
  readonly changed: PolledOffer[] = []

  constructor(since: number, bytes: Uint8Array) {
    this.#input = new ByteReader(bytes)
    for (let left = this.#input.uint(); left > 0; left--) {
      const offer = this.#list(this.#input.uint())
      offer.price = this.#input.uint()
      offer.itemsInStock = this.#input.uint()
      offer.changedAt = since - this.#input.uint()
      offer.lowestPrior = decodePrior(this.#input.uint())
    }
    this.nextAt = this.#following(since)
  }

  /** Whether all polls have been read. */
  get done(): boolean {
    return this.nextAt === Number.POSITIVE_INFINITY
  }

  /** Reads the poll at `nextAt` and applies it to `onSale`. */
  next(): void {
    const input = this.#input
    const at = this.nextAt
    const count = input.uint()
    const { changed } = this
    if (changed.length !== count) changed.length = count // Assigning `length` is slow.
    for (let index = 0; index < count; index++) {
      const head = input.uint()
      changed[index] = this.#change(Math.floor(head / 8), head % 8, at)
    }
    this.nextAt = this.#following(at)
  }

  #list(number: number): PolledOffer {
    const offer: PolledOffer = {
      ...{ number, price: 0, itemsInStock: 0, changedAt: 0, lowestPrior: null },
      event: 'listed',
    }
    this.#byNumber[number] = offer
    this.onSale.push(offer)
    return offer
  }

  #delist(offer: PolledOffer): void {
    offer.event = 'delisted'
    this.#byNumber[offer.number] = undefined
    this.onSale.splice(this.onSale.indexOf(offer), 1)
  }

  #change(number: number, kind: number, at: number): PolledOffer {
    const input = this.#input
    const known = this.#byNumber[number]
    const offer = known ?? this.#list(number)
    if (kind === Kind.delisted) {
      this.#delist(offer)
      return offer
    }
    if (known) offer.event = 'changed'
    if (kind === Kind.raised) {
      offer.price += input.uint()
      offer.lowestPrior = null
    }
    if (kind === Kind.lowered) offer.price -= input.uint()
    if (kind === Kind.listed) offer.price = input.uint()
    offer.itemsInStock = input.uint()
    if (kind === Kind.listed || kind === Kind.lowered) offer.lowestPrior = decodePrior(input.uint())
    offer.changedAt = at
    return offer
  }

  #following(at: number): number {
    return this.#input.done ? Number.POSITIVE_INFINITY : at + this.#input.uint()
  }
}
