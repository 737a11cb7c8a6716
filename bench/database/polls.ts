import type { ObservedOffer } from '../../db/store.ts'
import { DAY_MS, MINUTE_MS } from '../../history/time.ts'
import { fraction, mix } from '../../simulator/hash.ts'
import { steadyOffersOf } from '../../simulator/market.ts'
import type { CatalogueProduct } from './catalogue.ts'
import { type DatabaseShape, MINUTES_PER_DAY, OFFERS } from './shape.ts'

/** A poll that found changes. */
export interface Poll {
  at: number
  offers: ObservedOffer[]
}

/** The polls of a product that found changes, and the time of its last poll, which found none. */
export interface PollHistory {
  polls: Iterable<Poll>
  checkedAt: number
}

/** The default seed and generation of the simulator. */
const SEED = 1
const GENERATION = 1

/** The time between two changes of the market's prices: the longest that a simulator accepts. */
export const LONGEST_TICK_MS = DAY_MS

/**
 * The offers that a simulator shows at a tick. The last polls in the database show those of the current tick, so a poll
 * of a simulator with the longest tick finds no change.
 */
function market({ id }: CatalogueProduct, tick: number): ObservedOffer[] {
  return steadyOffersOf(SEED, id, tick, GENERATION, OFFERS).map((offer) => ({
    ...offer,
    id: String(offer.id),
  }))
}

/** Yields `count` times between `from` and `to`, evenly spread. `phase`, from 0 to 1, shifts all of them. */
function* spread(from: number, to: number, count: number, phase: number): Generator<number> {
  for (let n = 0; n < count; n++) yield Math.floor(from + ((n + phase) / count) * (to - from))
}

function timesOf(
  { key }: CatalogueProduct,
  shape: DatabaseShape,
  now: number,
  phase: number,
): number[] {
  // All within an hour, so that none of them is to be rolled up yet.
  const recent = spread(now - 55 * MINUTE_MS, now - 5 * MINUTE_MS, shape.polls, phase)
  const deep = shape.deep && key % shape.deep.every === 0 ? shape.deep.polls : 0
  return [...spread(now - 26 * DAY_MS, now - DAY_MS, deep, phase), ...recent]
}

function* steadyPolls(product: CatalogueProduct, shape: DatabaseShape, now: number, phase: number) {
  const times = timesOf(product, shape, now, phase)
  const last = Math.floor(now / LONGEST_TICK_MS)
  for (const [index, at] of times.entries()) {
    yield { at, offers: market(product, last - (times.length - 1 - index)) }
  }
}

/** The cheapest offer alternates between two prices, one per minute. */
function* minutelyPolls(product: CatalogueProduct, now: number): Generator<Poll> {
  const offers = market(product, 0).toSorted((a, b) => a.price - b.price)
  const lowest = offers[0]?.price ?? 0
  const hash = mix(11, product.key)
  for (let minute = 0; minute < MINUTES_PER_DAY; minute++) {
    const wanted = lowest * (0.8 + 0.19 * fraction(hash, minute))
    const price = 2 * Math.floor(wanted / 2) + (minute & 1)
    const at = now - (MINUTES_PER_DAY - minute) * MINUTE_MS
    yield { at, offers: offers.map((offer, index) => (index === 0 ? { ...offer, price } : offer)) }
  }
}

/** The polls of a product up to `now`. */
export function pollsOf(product: CatalogueProduct, shape: DatabaseShape, now: number): PollHistory {
  const phase = fraction(mix(13, product.key), 1)
  return {
    polls:
      product.key > shape.products
        ? minutelyPolls(product, now)
        : steadyPolls(product, shape, now, phase),
    checkedAt: now - 1 - Math.floor(phase * 30_000),
  }
}
