import { excessAbove, type Summary } from './segment.ts'
import { HOUR_MS } from './time.ts'

/** An hour in which a price changed, summed up. */
export interface PriceHour extends Summary {
  /** Hours since 1970. */
  hour: number
  /** How it stood at its end; null where it was not on sale then. */
  end: Standing | null
}

/** How an offer, or the lowest price of a product, stands at a moment. */
export interface Standing {
  price: number
  itemsInStock: number
  /** The API's `lowest_prior_30d`; always null for the lowest price of a product. */
  lowestPrior: number | null
}

/** Sums up one hour of one price, told of each change in it in order. */
export class HourSummary {
  readonly #hour: PriceHour
  #now: Standing | null
  #since: number

  /** `before` is how it stood when the hour began. */
  constructor(hour: number, before: Standing | null) {
    this.#hour = {
      hour,
      ...{ open: null, close: null, low: null, high: null },
      ...{ onSaleMs: 0, excess: 0, end: null },
    }
    this.#now = before
    this.#since = hour * HOUR_MS
  }

  /** From `at` on, within the hour, it stood so. */
  change(at: number, now: Standing | null): void {
    this.#pass(at)
    this.#now = now
    if (now) this.#price(now.price)
  }

  /** The summary, when the hour is over. */
  end(): PriceHour {
    this.#pass((this.#hour.hour + 1) * HOUR_MS)
    this.#hour.end = this.#now
    return this.#hour
  }

  #pass(at: number): void {
    const ms = at - this.#since
    this.#since = at
    if (!this.#now || ms === 0) return
    const { price } = this.#now
    const hour = this.#hour
    const low = this.#price(price)
    hour.excess += (price - low) * ms
    hour.onSaleMs += ms
  }

  /** Takes a price into account, and gives the lowest one so far. */
  #price(price: number): number {
    const hour = this.#hour
    hour.open ??= price
    hour.close = price
    const low = Math.min(hour.low ?? price, price)
    hour.excess = excessAbove(low, hour)
    hour.low = low
    hour.high = Math.max(hour.high ?? price, price)
    return low
  }
}
