/**
 * The one place that decides when an alert fires, for stored history and for new prices alike. All of it is pure.
 *
 * - A price is the lowest price in stock of a product, and null while nothing is in stock. A change counts when a
 *   poll sees it; failed polls see nothing. So the first poll after a gap is one change, however much happened in it.
 * - Null says nothing about a price: it neither fires nor arms an alert on one.
 * - The prices in a window are those that were in force in it, also when a gap hid whether they still were. Time
 *   alone can only make such a condition false, never true, so it is enough to judge just before a change and at it.
 * - The first price of a product that was never seen only tells how the condition stands, as at creation.
 */
import type { Rule } from '../schemas/alert-rules.ts'
import { Judge } from './judge.ts'

/** What is remembered of an alert and a product between two prices. */
export interface AlertState {
  /** Whether the alert fires when its condition is true. */
  armed: boolean
  /** When it last fired for the product; null if never. */
  firedAt: number | null
}

/** What an alert saw when it fired. */
export interface Sighting {
  at: number
  price: number | null
  previousPrice: number | null
  /** The price that the condition compares with. */
  reference: number | null
}

/** Whether an alert has fired too recently to fire again. One in the future fired before the clock was set back. */
export const isCoolingDown = (rule: Rule, at: number, firedAt: number | null): boolean =>
  firedAt !== null && at >= firedAt && at - firedAt < rule.cooldown_s * 1000

/** Watches the price of one product for one alert. */
export class Watch {
  readonly #rule: Rule
  readonly #judge: Judge
  #armed: boolean | undefined
  #firedAt: number | null
  /** The price in force; undefined before the first one. */
  #standing: number | null | undefined

  /** Without a state, the alert is new. */
  constructor(rule: Rule, state?: AlertState) {
    this.#rule = rule
    this.#judge = new Judge(rule.condition, rule.rearm_percent)
    this.#armed = state?.armed
    this.#firedAt = state?.firedAt ?? null
  }

  /** Undefined while the alert is new and the product was never seen. */
  get state(): AlertState | undefined {
    return this.#armed === undefined ? undefined : { armed: this.#armed, firedAt: this.#firedAt }
  }

  /** Takes a price that was in force before the alert watches. */
  recall(at: number, price: number | null): void {
    this.#replace(at, price)
  }

  /** A new alert begins to watch; returns what it saw if it fires at once. */
  begin(at: number): Sighting | undefined {
    if (this.#standing === undefined || this.#armed !== undefined) return undefined
    const { verdict, reference } = this.#judge.at(at, this.#standing, true)
    this.#armed = verdict !== 'true'
    if (this.#armed || !this.#rule.fire_if_true) return undefined
    return this.#fire({ at, price: this.#standing, previousPrice: null, reference })
  }

  /** Takes the price from a time on; returns what the alert saw if it fires. */
  next(at: number, price: number | null): Sighting | undefined {
    const previous = this.#standing
    if (price === previous) return undefined
    if (this.#armed === false && previous !== undefined) {
      this.#armed = this.#judge.at(at, previous, true).verdict === 'clear'
    }
    this.#replace(at, price)
    const { verdict, reference } = this.#judge.at(at, price)
    const isFirst = this.#armed === undefined
    const fires = verdict === 'true' && (isFirst ? this.#rule.fire_if_true : this.#armed)
    if (verdict === 'true') this.#armed = false
    else if (isFirst || verdict === 'clear') this.#armed = true
    if (!fires) return undefined
    return this.#fire({ at, price, previousPrice: previous ?? null, reference })
  }

  #replace(at: number, price: number | null): void {
    if (this.#standing !== undefined) this.#judge.ended(this.#standing, at)
    this.#standing = price
  }

  #fire(sighting: Sighting): Sighting | undefined {
    if (isCoolingDown(this.#rule, sighting.at, this.#firedAt)) return undefined
    this.#firedAt = sighting.at
    return sighting
  }
}
