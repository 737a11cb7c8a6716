import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import type { AlertCondition } from '../../schemas/alert-condition.ts'
import { count, counted } from '../format.ts'
import { price } from '../price.ts'

/** What an alert can watch. */
export type ConditionType = AlertCondition['type']

/** The types of conditions, as the end of “Tell me when …”. */
export const CONDITIONS: Record<ConditionType, string> = {
  price_below: 'the price is below',
  price_above: 'the price is above',
  drop: 'the price drops by',
  rise: 'the price rises by',
  new_low: 'the price is the lowest in',
  back_in_stock: 'an offer is in stock again',
  out_of_stock: 'no offer is in stock any more',
  stale: 'the offers have not been checked for',
}

const UNITS: [noun: string, ms: number][] = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
  ['second', 1000],
]

/** Exactly this many seconds, in the largest unit that allows it: `90 minutes`. */
export function lasting(seconds: number): string {
  const ms = seconds * 1000
  const [noun, length] = UNITS.find(([, length]) => ms > 0 && ms % length === 0) ?? ['second', 1000]
  return counted(ms / length, noun)
}

const WINDOW_UNITS: Record<string, string> = { m: 'minute', h: 'hour', d: 'day' }

/** A window such as `24h`, or all of the time. */
export function windowInWords(window: string): string {
  const noun = WINDOW_UNITS[window.slice(-1)]
  return noun ? counted(Number.parseInt(window, 10), noun) : 'all time'
}

/** What an alert watches, as the end of “Tell me when …”. */
export function inWords(condition: AlertCondition): string {
  const { type, price: limit, percent, absolute, window = 'all', for_s: seconds = 0 } = condition
  const words = CONDITIONS[type]
  switch (type) {
    case 'price_below':
    case 'price_above':
      return `${words} ${price(limit)}`
    case 'drop':
    case 'rise': {
      const size = percent === undefined ? price(absolute) : `${count(percent)} %`
      return `${words} ${size} within ${windowInWords(window)}`
    }
    case 'new_low':
      return window === 'all'
        ? 'the price is the lowest of all time'
        : `${words} ${windowInWords(window)}`
    case 'stale':
      return `${words} ${lasting(seconds)}`
    default:
      return words
  }
}
