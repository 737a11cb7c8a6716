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
  readonly #minAbsolute: number
  #best: { change: LowestChange; size: number }[] = []

  /** Prices that moved by less than `minAbsolute` do not count. */
  constructor(direction: Direction, limit: number, minAbsolute = 0) {
    this.#sign = direction === 'drop' ? -1 : 1
    this.#limit = limit
    this.#minAbsolute = minAbsolute
  }

  /** How much a price moved in this direction, as a share of the first one; 0 if it does not count. */
  #sizeOf({ first, last }: LowestChange): number {
    const absolute = (last - first) * this.#sign
    return first > 0 && absolute > 0 && absolute >= this.#minAbsolute ? absolute / first : 0
  }

  /** Those of these changes that would be among the best so far. */
  contenders(changes: LowestChange[]): LowestChange[] {
    const least = this.#best[this.#limit - 1]?.size ?? 0
    return changes.filter((change) => {
      const size = this.#sizeOf(change)
      return size > 0 && size >= least
    })
  }

  add(changes: LowestChange[]): void {
    for (const change of changes) {
      const size = this.#sizeOf(change)
      if (size > 0) this.#best.push({ change, size })
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
