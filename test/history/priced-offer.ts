import { lowestPastPrice, type PastPrices, withPastPrice } from '../../history/lowest-prior.ts'
import { HOUR_MS } from '../../history/time.ts'

/** A full hour, in hours since 1970 and in ms. */
export const HOUR = 490_896
export const START = HOUR * HOUR_MS

export type Price = number | null

/** A price that stood from one moment to another, not included. */
interface Stood {
  from: number
  until: number
  price: number
}

/** An offer and all that it ever cost, to find by brute force what the module has to find. */
class Model {
  readonly #stood: Stood[] = []

  add(stood: Stood): void {
    this.#stood.push(stood)
  }

  lowestBetween(from: number, to: number): Price {
    const prices = this.#stood
      .filter((stood) => stood.from < to && stood.until > from)
      .map(({ price }) => price)
    return prices.length > 0 ? Math.min(...prices) : null
  }
}

/** An offer whose price changes as time goes by, with its past prices kept as the store does. */
export class Offer {
  readonly model = new Model()
  /** What is under test. */
  past: PastPrices = []
  /** The windows that were looked up in the history. */
  readonly looked: { from: number; to: number }[] = []
  #price: Price = null
  #since = 0

  /** From `at` on it costs this, or is not on sale. */
  change(at: number, price: Price): void {
    if (this.#price !== null) {
      this.model.add({ from: this.#since, until: at, price: this.#price })
      this.past = withPastPrice(this.past, this.#price, at)
    }
    this.#price = price
    this.#since = at
  }

  lowestBefore(at: number): Price {
    return lowestPastPrice(this.past, at, (from, to) => {
      this.looked.push({ from, to })
      return this.model.lowestBetween(from, to)
    })
  }
}
