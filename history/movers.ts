import { quotient2 } from './round.ts'

/** A change in the lowest price of a product. */
export interface LowestChange {
  productId: string
  name: string
  first: number
  last: number
}

export type Direction = 'drop' | 'rise'

/**
 * Finds the products with the greatest change in percent, dropped or risen, in order of change, then id. It
 * holds only the best so far in memory, however many products there are.
 */
export class Movers {
  readonly #sign: number
  readonly #limit: number
  #best: { change: LowestChange; size: number }[] = []

  constructor(direction: Direction, limit: number) {
    this.#sign = direction === 'drop' ? -1 : 1
    this.#limit = limit
  }

  add(changes: LowestChange[]): void {
    for (const change of changes) {
      const { first, last } = change
      const size = ((last - first) / first) * this.#sign
      if (first > 0 && size > 0) this.#best.push({ change, size })
    }
    this.#best.sort((a, b) => b.size - a.size || (a.change.productId < b.change.productId ? -1 : 1))
    this.#best.length = Math.min(this.#best.length, this.#limit)
  }

  /** The best so far, with the change of their price; percent to two decimals. */
  list(): (LowestChange & { absolute: number; percent: number })[] {
    return this.#best.map(({ change }) => {
      const absolute = change.last - change.first
      return { ...change, absolute, percent: quotient2(absolute * 100, change.first) }
    })
  }
}
