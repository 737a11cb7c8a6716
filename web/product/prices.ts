import type { ComponentChildren } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { Failure } from '../failure.ts'
import { html } from '../html.ts'
import { later } from '../later.ts'
import { chartData } from './chart-data.ts'
import { Figures } from './figures.ts'
import { Legend } from './legend.ts'
import { isDrawn, type Lines } from './lines.ts'
import { lowestStyle, offerStyle } from './palette.ts'
import { PointTable } from './point-table.ts'
import type { Range } from './range.ts'
import { RangePicker } from './range-picker.ts'
import type { ChartLine } from './reading.ts'
import { usePalette } from './use-palette.ts'
import type { Trends } from './use-trends.ts'

/** Loaded later, because uPlot is larger than all the rest of the page. */
const Chart = later(
  async () => (await import('./chart.ts')).Chart,
  ({ children }: { children?: ComponentChildren }) =>
    html`<div class="chart"><div class="plot">${children}</div></div>`,
)

/** The lowest price and the prices of the drawn offers over a range, as figures, chart and table. */
export function Prices(props: {
  /** When the product was created; only a custom range can begin before that. */
  since: string
  range: Range
  onRange: (range: Range) => void
  /** Called with a range that was selected on the chart, epoch ms. */
  onZoom: (from: number, to: number) => void
  /** The latest trends; those of the previous range until the ones of this range arrive. */
  trends: Trends | undefined
  loading: boolean
  error: Error | undefined
  lines: Lines
  names: Map<string, string>
}) {
  const { since, range, onRange, onZoom, trends, loading, error, lines, names } = props
  useEffect(Chart.load, []) // While the trends are read.
  const palette = usePalette()
  const drawn = useMemo(
    () => [...(trends?.offers ?? [])].filter(([id]) => isDrawn(lines, id)),
    [trends, lines],
  )
  const data = useMemo(
    () =>
      trends &&
      chartData(
        trends.lowest,
        drawn.map(([, trend]) => trend),
        Date.parse(since),
      ),
    [trends, drawn, since],
  )
  const chartLines: ChartLine[] = data
    ? [
        { label: 'lowest price', style: lowestStyle(palette), prices: data.lowest },
        ...drawn.map(([id], index) => ({
          label: `offer ${names.get(id)}`,
          style: offerStyle(palette, lines.slots.get(id) ?? 0),
          prices: data.offers[index] ?? [],
        })),
      ]
    : []
  return html`<section class="prices" aria-labelledby="prices" aria-busy=${loading}>
    <h2 id="prices">Prices</h2>
    <${RangePicker} range=${range} shown=${data} onRange=${onRange} />
    <${Failure} error=${error} />
    ${!trends && loading && html`<div class="awaited"></div>`}
    ${
      trends &&
      data &&
      html`<${Figures} trend=${trends.lowest} />
        <${Chart} data=${data} lines=${chartLines} onZoom=${onZoom} />
        <${Legend} trend=${trends.lowest} palette=${palette} />
        ${trends.lowest.from === since && html`<p class="note"><small>The chart begins when the product was created.</small></p>`}
        <${PointTable} trend=${trends.lowest} />`
    }
  </section>`
}
