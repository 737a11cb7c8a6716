import type { Generation, WireOffer } from '../offers/protocol.ts'
import { marketOffers, steadyOffersOf } from './market.ts'

/** The size of the cache of answers, in products; a full cache is cleared. */
export const CACHE_SIZE = 10_000

/** The parameters of the market: the seed, the length of a tick in milliseconds and the time. */
export interface MarketOptions {
  generation: Generation
  seed: number | string
  tickMs: number
  clock: () => number
  /** If given, every product always has this many offers; see `steadyOffersOf`. */
  offers?: number
  /** If given, an offer that is always on sale besides those of the market. */
  lasting?: LastingOffer
}

/** An offer with a fixed id. Its price and stock change like those of other offers. */
export interface LastingOffer {
  productId: string
  id: WireOffer['id']
}

/** The answers to `GET /products/:id/offers`, as JSON text. */
export interface Answers {
  /** The current tick. */
  tick(): number
  /** The current answer for a product: the one set for it, or else the market's. */
  of(productId: string): string
  /** From now on answers any JSON value for a product, valid or not. */
  set(productId: string, answer: unknown): void
  /** Goes back to the market for a product. */
  unset(productId: string): void
  /** Goes back to the market for every product. */
  reset(): void
}

/** Makes the answers of one simulator. */
export function createAnswers(options: MarketOptions): Answers {
  const { generation, seed, tickMs, clock, offers, lasting } = options
  const set = new Map<string, string>()
  const cache = new Map<string, string>()
  let cachedTick = Number.NaN

  const tick = () => Math.floor(clock() / tickMs)

  function fromMarket(productId: string): string {
    const now = tick()
    if (now !== cachedTick || cache.size >= CACHE_SIZE) {
      cache.clear()
      cachedTick = now
    }
    const known = cache.get(productId)
    if (known !== undefined) return known
    const market =
      offers === undefined
        ? marketOffers(seed, productId, now, generation)
        : steadyOffersOf(seed, productId, now, generation, offers)
    const answer = JSON.stringify([...market, ...lastingOffers(productId, now)])
    cache.set(productId, answer)
    return answer
  }

  function lastingOffers(productId: string, now: number): WireOffer[] {
    if (!lasting || productId !== lasting.productId) return []
    const { id } = lasting
    return steadyOffersOf(seed, productId, now, generation, 1).map((offer) => ({ ...offer, id }))
  }

  return {
    tick,
    of: (productId) => set.get(productId) ?? fromMarket(productId),
    set: (productId, answer) => set.set(productId, JSON.stringify(answer)),
    unset: (productId) => set.delete(productId),
    reset: () => set.clear(),
  }
}
