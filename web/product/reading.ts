import { moment, price } from '../format.ts'
import type { ChartData, Price } from './chart-data.ts'
import type { LineStyle } from './palette.ts'

/** A line of the chart. */
export interface ChartLine {
  label: string
  style: LineStyle
  prices: Price[]
}

/** What the chart shows at one moment. */
export interface Reading {
  at: number
  /** Whether the service was looking then. */
  observed: boolean
  /** The lines that have a price then, the highest first, as they lie above each other. */
  values: { label: string; style: LineStyle; price: number }[]
  /** Between what the lowest price moved. */
  band: string | undefined
}

/** Reads the chart at a point of its times; `at` is the moment that is meant. */
export function readingAt(data: ChartData, lines: ChartLine[], index: number, at: number): Reading {
  const values = lines.flatMap(({ label, style, prices }) => {
    const value = prices[index]
    return value == null ? [] : [{ label, style, price: value }]
  })
  const [low, high] = [data.band?.low[index], data.band?.high[index]]
  return {
    at: data.band ? Number(data.times[index]) : at,
    observed: !data.gaps.some(({ from, to }) => from <= at && at < to),
    // Of lines that lie on each other the first one is drawn last: it is the lowest price.
    values: values.reverse().sort((a, b) => b.price - a.price),
    band:
      low == null || high == null || low === high ? undefined : `${price(low)} – ${price(high)}`,
  }
}

/** Why there is no price. */
export const nothing = (observed: boolean) => (observed ? 'nothing on sale' : 'not observed')

/** A reading in words, the lowest price first. */
export function inWords({ at, observed, values, band }: Reading): string {
  if (values.length === 0) return `${moment(at)}: ${nothing(observed)}`
  const parts = values.toReversed().map(({ label, price: value }) => `${label} ${price(value)}`)
  return `${moment(at)}: ${parts.join('; ')}${band ? `; lowest price between ${band}` : ''}`
}
