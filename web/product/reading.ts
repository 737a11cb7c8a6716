import { moment } from '../format.ts'
import { price } from '../price.ts'
import type { ChartData, Price } from './chart-data.ts'
import type { LineStyle } from './palette.ts'

/** A line of the chart. */
export interface ChartLine {
  label: string
  style: LineStyle
  prices: Price[]
}

/** What the chart shows at one time. */
export interface Reading {
  at: number
  /** Whether anything was observed at that time. */
  observed: boolean
  /** The lines with a price at that time, highest first, as in the chart. */
  values: { label: string; style: LineStyle; price: number }[]
  /** The range of the lowest price. */
  band: string | undefined
}

/** Reads the chart at the point with this index; `at` is the exact time under the cursor. */
export function readingAt(data: ChartData, lines: ChartLine[], index: number, at: number): Reading {
  const values = lines.flatMap(({ label, style, prices }) => {
    const value = prices[index]
    return value == null ? [] : [{ label, style, price: value }]
  })
  const [low, high] = [data.band?.low[index], data.band?.high[index]]
  return {
    at: data.band ? Number(data.times[index]) : at,
    observed: !data.gaps.some(({ from, to }) => from <= at && at < to),
    // Of lines with the same price, the first one is drawn on top and so listed last: the lowest price.
    values: values.reverse().sort((a, b) => b.price - a.price),
    band:
      low == null || high == null || low === high ? undefined : `${price(low)} – ${price(high)}`,
  }
}

/** The reason why there is no price. */
export const nothing = (observed: boolean) => (observed ? 'nothing on sale' : 'not observed')

/** How the values of a chart are shown. */
export type ShowValue = (value: number) => string

/** A reading in words, the lowest price first. */
export function inWords({ at, observed, values, band }: Reading, show: ShowValue = price): string {
  if (values.length === 0) return `${moment(at)}: ${nothing(observed)}`
  const parts = values.toReversed().map(({ label, price: value }) => `${label} ${show(value)}`)
  return `${moment(at)}: ${parts.join('; ')}${band ? `; lowest price between ${band}` : ''}`
}
