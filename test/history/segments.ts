import { type Segment, standing } from '../../history/segment.ts'
import { HOUR_MS } from '../../history/time.ts'

export const START = Date.UTC(2026, 0, 2)

/** The price from one hour after `START` to another; null: not on sale. */
export function stood(from: number, until: number, price: number | null, stock = 1): Segment {
  const itemsInStock = price === null ? null : stock
  return standing(START + from * HOUR_MS, START + until * HOUR_MS, price, itemsInStock)
}

/** An hour of which a summary is left: 100 for half of it, 200 for a quarter, then 120. */
export const rolledUp = (hour: number): Segment => ({
  from: START + hour * HOUR_MS,
  until: START + (hour + 1) * HOUR_MS,
  open: 100,
  close: 120,
  low: 100,
  high: 200,
  onSaleMs: HOUR_MS,
  excess: 30 * HOUR_MS,
  stockLow: 5,
  stockHigh: 9,
  itemsInStock: 7,
})

/** The same of one that was sold out half-way: 100 for a quarter of an hour, then 80 for another. */
export const soldOut = (hour: number): Segment => ({
  from: START + hour * HOUR_MS,
  until: START + (hour + 1) * HOUR_MS,
  open: 100,
  close: 80,
  low: 80,
  high: 100,
  onSaleMs: HOUR_MS / 2,
  excess: 5 * HOUR_MS,
  stockLow: 1,
  stockHigh: 3,
  itemsInStock: null,
})

/** The same of one that was sold out as the hour began, and did not come back in it. */
export const goneAtOnce = (hour: number): Segment => stood(hour, hour + 1, null)

export type Price = number | null
