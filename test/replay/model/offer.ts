import { Between } from './figure.ts'
import { HOUR_MS, type Point, placeOf } from './series.ts'

const DAYS_30_MS = 30 * 24 * HOUR_MS

/** `lowest_prior_30d` of an offer. */
export type LowestPrior = number | Between | null

/** From `at` on an offer stood so; with a price of null it was not on sale. */
export interface State extends Point {
  lowestPrior: LowestPrior
}

/** What is known of an offer: its states in the order in which they were observed. */
export class OfferModel {
  readonly id: string
  readonly states: State[] = []
  readonly firstSeenAt: number

  constructor(id: string, firstSeenAt: number) {
    this.id = id
    this.firstSeenAt = firstSeenAt
  }

  get now(): State | undefined {
    return this.states.at(-1)
  }

  /**
   * It is so from `at` on. What was before `rawSince` may be known by the hour alone, and an hour that
   * is partly within the 30 days then counts with its lowest price.
   */
  observe(at: number, price: number | null, stock: number | null, rawSince: number): void {
    const lowestPrior = price === null ? null : this.#lowestPrior(at, price, rawSince)
    this.states.push({ at, price, stock, lowestPrior })
  }

  #lowestPrior(at: number, price: number, rawSince: number): LowestPrior {
    const last = this.states.findLast((state) => state.price !== null)
    if (!last || last.price === null || price > last.price) return null
    if (price === last.price) return last.lowestPrior
    const from = at - DAYS_30_MS
    const lowest = this.#lowestBetween(from, at)
    const least = this.#lowestBetween(from - (from % HOUR_MS), at)
    if (least === lowest || from >= rawSince) return lowest
    // Where it was not on sale in the 30 days, it may have been in the rest of that hour.
    return lowest === null || least === null ? least : new Between(least, lowest)
  }

  #lowestBetween(from: number, to: number): number | null {
    const first = Math.max(0, placeOf(this.states, from))
    const states = this.states.slice(first)
    const prices = states.flatMap(({ price }, index) => {
      const until = states[index + 1]?.at ?? to
      return price !== null && until > from ? [price] : []
    })
    return prices.length > 0 ? Math.min(...prices) : null
  }
}
