import { excessAbove, type Summary } from './segment.ts'
import { HOUR_MS } from './time.ts'

/** The summary of an hour in which a price changed. */
export interface PriceHour extends Summary {
  /** Hours since 1970. */
  hour: number
  /** The state at the end of the hour; null if not on sale then. */
  end: Standing | null
}

/** The state of an offer, or of the lowest price of a product, at one time. */
export interface Standing {
  price: number
  itemsInStock: number
  /** The API's `lowest_prior_30d`; always null for the lowest price of a product. */
  lowestPrior: number | null
}

/** Summarises one hour of one price from its changes in order. */
export class HourSummary {
  readonly #hour: PriceHour
  #now: Standing | null
  #since: number

  /** `before` is the state when the hour began. */
  constructor(hour: number, before: Standing | null) {
    this.#hour = {
      hour,
      ...{ open: null, close: null, low: null, high: null },
      ...{ onSaleMs: 0, excess: 0, stockLow: null, stockHigh: null, end: null },
    }
    this.#now = before
    this.#since = hour * HOUR_MS
  }

  /** Sets the state from `at` on, within the hour. */
  change(at: number, now: Standing | null): void {
    this.#pass(at)
    this.#now = now
    if (now) this.#see(now)
  }

  /** The summary, once the hour is over. */
  end(): PriceHour {
    this.#pass((this.#hour.hour + 1) * HOUR_MS)
    this.#hour.end = this.#now
    return this.#hour
  }

  #pass(at: number): void {
    const ms = at - this.#since
    this.#since = at
    if (!this.#now || ms === 0) return
    const hour = this.#hour
    const low = this.#see(this.#now)
    hour.excess += (this.#now.price - low) * ms
    hour.onSaleMs += ms
  }

  /** Takes a price and its stock into account, and returns the lowest price so far. */
  #see({ price, itemsInStock }: Standing): number {
    const hour = this.#hour
    hour.stockLow = Math.min(hour.stockLow ?? itemsInStock, itemsInStock)
    hour.stockHigh = Math.max(hour.stockHigh ?? itemsInStock, itemsInStock)
    hour.open ??= price
    hour.close = price
    const low = Math.min(hour.low ?? price, price)
    hour.excess = excessAbove(low, hour)
    hour.low = low
    hour.high = Math.max(hour.high ?? price, price)
    return low
  }
}
