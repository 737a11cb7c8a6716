import type { ChartData } from './chart-data.ts'
import { isDrawn, type Lines } from './lines.ts'
import { lowestStyle, offerStyle, type Palette } from './palette.ts'
import type { ChartLine } from './reading.ts'
import type { Trends } from './use-trends.ts'

/** The trends of the offers that are drawn. */
export function drawnTrends(trends: Trends | undefined, lines: Lines) {
  return [...(trends?.offers ?? [])].filter(([id]) => isDrawn(lines, id))
}

/** The lines of a chart: the first, and those of the offers with these ids. */
export function chartLines(
  first: string,
  data: ChartData,
  ids: string[],
  { lines, names, palette }: { lines: Lines; names: Map<string, string>; palette: Palette },
): ChartLine[] {
  const ofOffer = (id: string, index: number): ChartLine => ({
    label: `offer ${names.get(id)}`,
    style: offerStyle(palette, lines.slots.get(id) ?? 0),
    prices: data.offers[index] ?? [],
  })
  return [{ label: first, style: lowestStyle(palette), prices: data.lowest }, ...ids.map(ofOffer)]
}
