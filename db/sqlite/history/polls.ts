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

function decodeNow(
  input: ByteReader,
  kind: number,
  number: number,
  at: number,
  before: OfferState | null,
): OfferState | null {
  if (kind === Kind.delisted) return null
  let price = before?.price ?? 0
  let lowestPrior = before?.lowestPrior ?? null
  if (kind === Kind.listed) price = input.uint()
  if (kind === Kind.raised) price += input.uint()
  if (kind === Kind.lowered) price -= input.uint()
  const itemsInStock = input.uint()
  if (kind === Kind.raised) lowestPrior = null
  if (kind === Kind.listed || kind === Kind.lowered) lowestPrior = decodePrior(input.uint())
  return { number, price, itemsInStock, changedAt: at, lowestPrior }
}

/** A chunk as it is read: first what was on sale, then poll by poll what changed. */
export class Chunk {
  readonly #input: ByteReader
  /** When the next poll was; null at the end. */
  nextAt: number | null
  /** The offers on sale after the polls read so far, by number. */
  readonly onSale = new Map<number, OfferState>()

  constructor(since: number, bytes: Uint8Array) {
    this.#input = new ByteReader(bytes)
    for (let left = this.#input.uint(); left > 0; left--) {
      const number = this.#input.uint()
      const price = this.#input.uint()
      const itemsInStock = this.#input.uint()
      const changedAt = since - this.#input.uint()
      const lowestPrior = decodePrior(this.#input.uint())
      this.onSale.set(number, { number, price, itemsInStock, changedAt, lowestPrior })
    }
    this.nextAt = this.#following(since)
  }

  /** Reads the poll at `nextAt` and applies it to `onSale`. */
  next(): OfferChange[] {
    const at = this.nextAt as number
    const changes: OfferChange[] = []
    for (let left = this.#input.uint(); left > 0; left--) {
      const head = this.#input.uint()
      const number = Math.floor(head / 8)
      const before = this.onSale.get(number) ?? null
      const now = decodeNow(this.#input, head % 8, number, at, before)
      if (now) this.onSale.set(number, now)
      else this.onSale.delete(number)
      changes.push({ number, before, now })
    }
    this.nextAt = this.#following(at)
    return changes
  }

  #following(at: number): number | null {
    return this.#input.done ? null : at + this.#input.uint()
  }
}
