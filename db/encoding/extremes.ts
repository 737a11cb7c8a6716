import { type Extremes, withPrice } from '../../history/extremes.ts'

/** The columns with the all-time extremes of the lowest price of a product; times in epoch ms. */
export interface ExtremesRow {
  lowPrice: number | null
  lowAt: number | null
  highPrice: number | null
  highAt: number | null
  /**
   * The time of the last change that they include; null if there is none. Another time than that of the last change
   * in the history means that a version that does not know these columns has written it.
   */
  extremesUntil: number | null
}

/** The names of the columns, by those of the fields. */
export const EXTREMES_COLUMNS: Record<keyof ExtremesRow, string> = {
  lowPrice: 'low_price',
  lowAt: 'low_at',
  highPrice: 'high_price',
  highAt: 'high_at',
  extremesUntil: 'extremes_until',
}

export function extremesOf(row: ExtremesRow): Extremes | null {
  const { lowPrice, lowAt, highPrice, highAt } = row
  if (lowPrice === null || lowAt === null || highPrice === null || highAt === null) return null
  return { low: { price: lowPrice, at: lowAt }, high: { price: highPrice, at: highAt } }
}

export function extremesRow(extremes: Extremes | null, extremesUntil: number | null): ExtremesRow {
  return {
    lowPrice: extremes?.low.price ?? null,
    lowAt: extremes?.low.at ?? null,
    highPrice: extremes?.high.price ?? null,
    highAt: extremes?.high.at ?? null,
    extremesUntil,
  }
}

/**
 * The columns after a change at `at` to this lowest price; `before` is the time of the change before it, null for the
 * first one. Undefined for columns that lack earlier changes: they stay as they are, so that the step that adds those
 * finds them.
 */
export function afterChange(
  row: ExtremesRow,
  before: number | null,
  price: number | null,
  at: number,
): ExtremesRow | undefined {
  if (row.extremesUntil !== before) return undefined
  return extremesRow(withPrice(extremesOf(row), price, at), at)
}
