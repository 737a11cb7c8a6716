import { type Condition, windowMs } from '../schemas/alert-rules.ts'
import { Extremes } from './extremes.ts'

/** Whether a condition is true; if not, whether by the margin that arms the alert again. */
type Verdict = 'true' | 'clear' | 'unclear'

export interface Judgement {
  verdict: Verdict
  /** The price that was compared with; null if there is none. */
  reference: number | null
}

const UNKNOWN: Judgement = { verdict: 'unclear', reference: null }

/** Which prices of the past a condition compares with. */
export function pastOf(condition: Condition): { which: 'high' | 'low'; ms: number } | undefined {
  switch (condition.type) {
    case 'drop':
      return { which: 'high', ms: windowMs(condition.window) }
    case 'rise':
    case 'new_low':
      return { which: 'low', ms: windowMs(condition.window) }
    default:
      return undefined
  }
}

/** Judges a condition on prices, one after the other. */
export class Judge {
  readonly #condition: Condition
  readonly #rearmPercent: number
  readonly #past: Extremes

  constructor(condition: Condition, rearmPercent: number) {
    this.#condition = condition
    this.#rearmPercent = rearmPercent
    const past = pastOf(condition)
    this.#past = new Extremes(past?.which ?? 'low', past?.ms ?? 0)
  }

  /** A price was in force until a time. */
  ended(price: number | null, until: number): void {
    if (price !== null) this.#past.add(price, until)
  }

  /**
   * Judges the price that takes effect at a time, or, with `stood`, one that has been in force and counts as part of
   * the past.
   */
  at(at: number, price: number | null, stood = false): Judgement {
    const condition = this.#condition
    if (condition.type === 'back_in_stock') return this.#stock(price !== null)
    if (condition.type === 'out_of_stock') return this.#stock(price === null)
    if (price === null || condition.type === 'stale') return UNKNOWN
    switch (condition.type) {
      case 'price_below':
        return this.#below(price, condition.price, condition.price)
      case 'price_above':
        return this.#above(price, condition.price, condition.price)
      case 'new_low': {
        const low = this.#past.best(at, stood ? price : null)
        return low === null ? UNKNOWN : this.#below(price, low, low)
      }
      case 'drop': {
        const high = Math.max(this.#past.best(at) ?? price, price)
        const by = 'percent' in condition ? (high * condition.percent) / 100 : condition.absolute
        // Any percentage of 0 is 0, but a price that stays at 0 neither drops nor rises.
        return this.#below(price, high - by, high, price < high && price <= high - by)
      }
      case 'rise': {
        const low = Math.min(this.#past.best(at) ?? price, price)
        const by = 'percent' in condition ? (low * condition.percent) / 100 : condition.absolute
        return this.#above(price, low + by, low, price > low && price >= low + by)
      }
    }
  }

  #stock(isTrue: boolean): Judgement {
    return { verdict: isTrue ? 'true' : 'clear', reference: null }
  }

  #below(price: number, limit: number, reference: number, isTrue = price < limit): Judgement {
    const isClear = price * 100 >= limit * (100 + this.#rearmPercent)
    return { verdict: isTrue ? 'true' : isClear ? 'clear' : 'unclear', reference }
  }

  #above(price: number, limit: number, reference: number, isTrue = price > limit): Judgement {
    const isClear = price * 100 <= limit * (100 - this.#rearmPercent)
    return { verdict: isTrue ? 'true' : isClear ? 'clear' : 'unclear', reference }
  }
}
