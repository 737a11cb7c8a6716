import { fraction, mixText } from '../../simulator/hash.ts'

/** The same draws in each run with the same seed. */
export class Chance {
  readonly #seed: number
  #drawn = 0

  constructor(seed: string) {
    this.#seed = mixText(1, seed)
  }

  /** A number from 0 up to 1. */
  fraction(): number {
    return fraction(this.#seed, this.#drawn++)
  }

  /** An integer from 0 up to `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit)
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }
}
