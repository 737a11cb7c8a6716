/**
 * The market of the simulator: which offers a product has at a tick, and what they cost.
 *
 * Everything is a closed formula of (seed, product, tick), so that any time can be computed directly
 * and two processes, or one before and after a restart, show the same market. A product
 * has a fixed number of slots. Each slot goes through rounds of a fixed length; an offer lives
 * inside one round, and the next round of its slot brings another offer. Only arithmetic that
 * IEEE 754 fixes to the bit is used (no `Math.sin` or `**` with a fraction), so that results do not
 * change with the version of the engine.
 */
import type { Generation, WireOffer } from '../offers/protocol.ts'
import { fraction, mix, mixText } from './hash.ts'
import { integerId, uuidId } from './offer-id.ts'

/** A product never has more offers than this at a time. */
export const MAX_OFFERS = 20

/** The values drawn from a hash; a distinct number for each keeps the draws independent. */
const Draw = {
  base: 1,
  exponent: 2,
  slots: 3,
  trend: 4,
  slot: 5,
  period: 6,
  phase: 7,
  skipped: 8,
  prompt: 9,
  delay: 10,
  lasting: 11,
  duration: 12,
  cutShort: 13,
  cut: 14,
  stock: 15,
  pace: 16,
  sales: 17,
  markup: 18,
  wander: 19,
  noise: 20,
  anchored: 21,
} as const

/**
 * The offers of a product at a tick, in the wire format of the generation; a pure function. Ids are
 * unique within the answer and never come back later; prices are at least 1 and differ from those
 * of the tick before; stock is at least 1 and never rises in the life of an offer.
 */
export function marketOffers(
  seed: number | string,
  productId: string,
  tick: number,
  generation: Generation,
): WireOffer[] {
  const { product, twin, base } = productOf(seed, productId)
  const slots = 1 + Math.floor(fraction(product, Draw.slots) * MAX_OFFERS)
  const trend = 0.15 * wander(mix(product, Draw.trend), tick, 240)
  // Most products always have an offer, so that anyone trying the service sees one.
  const anchored = fraction(product, Draw.anchored) < 0.9
  const offers: WireOffer[] = []
  for (let slot = 0; slot < slots; slot++) {
    const slotHash = mix(mix(product, Draw.slot), slot)
    const period = 20 + Math.floor(fraction(slotHash, Draw.period) * 380)
    const shifted = tick + Math.floor(fraction(slotHash, Draw.phase) * period)
    const round = Math.floor(shifted / period)
    const offer = mix(slotHash, round)
    const items_in_stock = stockAt(offer, shifted - round * period, period, anchored && slot === 0)
    if (items_in_stock === 0) continue
    const id =
      generation === 1
        ? integerId(product, slot, round)
        : uuidId(offer, mix(mix(twin, slot), round))
    offers.push({ id, price: priceAt(offer, base, trend, tick), items_in_stock })
  }
  return offers
}

/**
 * A steady market, for benchmarks: `count` offers that every product always has, whose prices and
 * stocks differ at every tick. A pure function like `marketOffers`.
 */
export function steadyOffersOf(
  seed: number | string,
  productId: string,
  tick: number,
  generation: Generation,
  count: number,
): WireOffer[] {
  const { product, twin, base } = productOf(seed, productId)
  return Array.from({ length: count }, (_, slot) => {
    const offer = mix(mix(product, Draw.slot), slot)
    return {
      id: generation === 1 ? integerId(product, slot, 0) : uuidId(offer, mix(twin, slot)),
      price: priceAt(offer, base, 0, tick),
      items_in_stock: 1 + ((offer + tick) & 0xff),
    }
  })
}

/** The properties shared by all offers of a product. */
function productOf(seed: number | string, productId: string) {
  const root = mixText(0, String(seed))
  const product = mixText(root, productId)
  // A second hash: with only 32 bits, two of some 77,000 products would share their offer ids.
  const twin = mixText(mix(root, 1), productId)
  return { product, twin, base: basePrice(product) }
}

/** 100 to 100,000, with as many products below 1,000 as between 1,000 and 10,000, and so on. */
function basePrice(product: number): number {
  const exponent = fraction(product, Draw.exponent) * 3
  const decade = exponent < 1 ? 100 : exponent < 2 ? 1000 : 10_000
  return decade * (1 + 9 * fraction(product, Draw.base))
}

/**
 * Items left at an age within the round; 0 before the offer appears and after it is gone. The offer of an
 * anchored slot is always on sale.
 */
function stockAt(offer: number, age: number, period: number, anchored: boolean): number {
  if (!anchored && fraction(offer, Draw.skipped) < 0.08) return 0
  const prompt = anchored || fraction(offer, Draw.prompt) < 0.5
  const delay = prompt ? 0 : Math.floor((fraction(offer, Draw.delay) * period) / 2)
  const room = period - delay
  // An offer that lasts to the end of its round is immediately replaced by another.
  const lasting = anchored || fraction(offer, Draw.lasting) < 0.4
  const duration = lasting ? room : 5 + Math.floor(fraction(offer, Draw.duration) * (room - 5))
  const cutShort = !anchored && fraction(offer, Draw.cutShort) < 0.2
  const end = cutShort ? Math.ceil(fraction(offer, Draw.cut) * duration) : duration
  const since = age - delay
  if (since < 0 || since >= end) return 0
  const initial = 1 + Math.floor(fraction(offer, Draw.stock) * 2 * duration)
  return initial - soldBy(offer, since, duration, initial)
}

/**
 * Items sold since the offer appeared: from an even pace to one that grows, uneven from tick to
 * tick. Looking up to one tick back keeps it monotone: that point in time never moves backwards.
 */
function soldBy(offer: number, since: number, duration: number, initial: number): number {
  const lag = fraction(mix(offer, Draw.sales), since)
  const passed = Math.max(0, since - lag) / duration
  const growth = fraction(offer, Draw.pace)
  return Math.floor(initial * passed * (1 - growth + growth * passed))
}

/** The product's base and trend, the offer's own markup and wander, and noise at every tick. */
function priceAt(offer: number, base: number, trend: number, tick: number): number {
  const markup = 0.5 * fraction(offer, Draw.markup) - 0.25
  const own = 0.05 * wander(mix(offer, Draw.wander), tick, 30)
  const noise = 0.02 * fraction(mix(offer, Draw.noise), tick) - 0.01
  const exact = base * (1 + markup) * (1 + trend + own + noise)
  // Even at one tick and odd at the next (or the reverse): a price always changes.
  return 2 * Math.floor(exact / 2) + ((offer + tick) & 1)
}

/** A smooth walk from -1 to 1: value noise, with a new direction every `step` ticks. */
function wander(hash: number, tick: number, step: number): number {
  const knot = Math.floor(tick / step)
  const along = tick / step - knot
  const from = fraction(hash, knot)
  const to = fraction(hash, knot + 1)
  return 2 * (from + (to - from) * along * along * (3 - 2 * along)) - 1
}
