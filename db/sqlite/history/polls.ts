/**
 * How the history of a product lies in the database: as chunks of a few hundred bytes, each with what
 * some polls in a row found changed. A row for each change would be five times the size, and a poll of
 * ten offers would touch ten places of an index; so it adds some bytes to one row.
 *
 * A chunk opens with the offers that were on sale before its first poll, so that it can be read by
 * itself. Then comes a record for each poll that found something changed:
 *
 *     chunk   = count opened{count} poll*
 *     opened  = number price stock age prior   age: ms from its last change to the first poll
 *     poll    = ms count change{count}         ms: from the poll before it in the chunk; first 0
 *     change  = number * 8 + kind, then
 *       listed:    price stock prior
 *       raised:    by stock
 *       lowered:   by stock prior
 *       restocked: stock
 *       delisted:
 *     prior   = 0 for none, else the price + 1
 */
import { ByteReader, ByteWriter } from './bytes.ts'

/** A chunk takes no more polls once it is this long, in bytes; a row longer than 1,000 overflows its page. */
export const CHUNK_BYTES = 800

/** An offer on sale, by its number among those of its product. */
export interface OfferState {
  number: number
  price: number
  itemsInStock: number
  /** When price or stock last changed, or it was listed; epoch ms. */
  changedAt: number
  /** The API's `lowest_prior_30d`. */
  lowestPrior: number | null
}

/** What a poll found of an offer that is not as it was; null where it was, or is, not on sale. */
export interface OfferChange {
  number: number
  before: OfferState | null
  now: OfferState | null
}

const Kind = { listed: 0, raised: 1, lowered: 2, restocked: 3, delisted: 4 } as const

const encodePrior = (price: number | null) => (price === null ? 0 : price + 1)
const decodePrior = (value: number) => (value === 0 ? null : value - 1)

/** The beginning of a chunk whose first poll is at `since`, after which these were not on sale alone. */
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

/** The record of a poll, `ms` after the one before it in the chunk. */
export function encodePoll(ms: number, changes: OfferChange[]): Buffer {
  const out = new ByteWriter().uint(ms).uint(changes.length)
  for (const change of changes) encodeChange(out, change)
  return out.bytes()
}

/** An offer as it is read from a chunk. It changes with the polls that are read: who keeps it copies it. */
export interface PolledOffer extends OfferState {
  /** What happened to it last. One that was delisted stands as it was last. */
  event: 'listed' | 'changed' | 'delisted'
}

/**
 * A chunk as it is read: first what was on sale, then poll by poll what changed. A trend reads tens of
 * thousands of changes, so they are made to the offers themselves, and nothing is made for each of them.
 */
export class Chunk {
  readonly #input: ByteReader
  /** The offers on sale, by number. */
  readonly #byNumber: (PolledOffer | undefined)[] = []
  /** When the next poll was; infinite at the end. */
  nextAt: number
  /** The offers on sale after the polls read so far, in the order in which they came. */
  readonly onSale: PolledOffer[] = []
  /** What the last poll that was read found changed. */
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

  /** Whether all polls were read. */
  get done(): boolean {
    return this.nextAt === Number.POSITIVE_INFINITY
  }

  /** Reads the poll at `nextAt` and applies it to `onSale`. */
  next(): void {
    const input = this.#input
    const at = this.nextAt
    const count = input.uint()
    const { changed } = this
    if (changed.length !== count) changed.length = count // To set it takes long.
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
