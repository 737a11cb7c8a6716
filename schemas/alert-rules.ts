/** What decides when an alert fires. The API and the store share it; the writer thread loads no schemas. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../history/time.ts'

/** The most products whose prices one request looks at. */
export const MOST_WATCHED = 500

type Size = { percent: number } | { absolute: number }

/** What an alert watches: the lowest price in stock of a product, or when it was last polled. */
export type Condition =
  | { type: 'price_below' | 'price_above'; price: number }
  | ({ type: 'drop' | 'rise'; window: string } & Size)
  | { type: 'new_low'; window: string }
  | { type: 'back_in_stock' | 'out_of_stock' }
  | { type: 'stale'; for_s: number }

/** What decides when an alert fires. */
export interface Rule {
  condition: Condition
  rearm_percent: number
  cooldown_s: number
  fire_if_true: boolean
}

const UNIT_MS = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }

/** The length of a window such as `90m`, `24h` or `7d`, in ms; infinite for `all`. */
export function windowMs(window: string): number {
  const [, length, unit] = /^(\d+)([mhd])$/.exec(window) ?? []
  return length && unit
    ? Number(length) * UNIT_MS[unit as keyof typeof UNIT_MS]
    : Number.POSITIVE_INFINITY
}
