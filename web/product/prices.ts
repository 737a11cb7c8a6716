import { useEffect, useMemo } from 'preact/hooks'
import { Failure } from '../failure.ts'
import { html } from '../html.ts'
import { chartData } from './chart-data.ts'
import { chartLines, drawnTrends } from './chart-lines.ts'
import { Exports } from './exports.ts'
import { Figures } from './figures.ts'
import { Chart } from './later-chart.ts'
import { Legend } from './legend.ts'
import type { Lines } from './lines.ts'
import { PointTable } from './point-table.ts'
import type { Range } from './range.ts'
import { RangePicker } from './range-picker.ts'
import { Stock } from './stock.ts'
import { usePalette } from './use-palette.ts'
import type { Drawn, Trends } from './use-trends.ts'

/** The lowest price and the prices of the drawn offers over a range, as figures, chart and table. */
export function Prices(props: {
  /** What is drawn. Only a custom range can begin before the product was created. */
  drawn: Drawn
  onRange: (range: Range) => void
  /** Called with a range that was selected on the chart, epoch ms. */
  onZoom: (from: number, to: number) => void
  /** The latest trends; those of the previous range until the ones of this range arrive. */
  trends: Trends | undefined
  loading: boolean
  error: Error | undefined
  lines: Lines
  names: Map<string, string>
  /** Whether the stock is shown too. */
  showsStock: boolean
  onStock: (shown: boolean) => void
}) {
  const { drawn, onRange, onZoom, trends, loading, error, lines, names } = props
  const { showsStock, onStock } = props
  const { product, range } = drawn
  const since = product.created_at
  useEffect(Chart.load, []) // While the trends are read.
  const palette = usePalette()
  const offers = useMemo(() => drawnTrends(trends, lines), [trends, lines])
  const data = useMemo(
    () =>
      trends &&
      chartData(
        trends.lowest,
        offers.map(([, trend]) => trend),
        Date.parse(since),
      ),
    [trends, offers, since],
  )
  const ids = offers.map(([id]) => id)
  const drawnLines = data ? chartLines('lowest price', data, ids, { lines, names, palette }) : []
  return html`<section class="prices" aria-labelledby="prices" aria-busy=${loading}>
    <h2 id="prices">Prices</h2>
    <${RangePicker} range=${range} shown=${data} onRange=${onRange} />
    <${Failure} error=${error} />
    ${!trends && loading && html`<div class="awaited"></div>`}
    ${
      trends &&
      data &&
      html`<${Figures} trend=${trends.lowest} />
        <${Chart} data=${data} lines=${drawnLines} range=${range} onZoom=${onZoom} />
        <${Legend} trend=${trends.lowest} palette=${palette} />
        ${trends.lowest.from === since && html`<p class="note"><small>The chart begins when the product was created.</small></p>`}
        <div class="tools">
          <label class="check"><input type="checkbox" checked=${showsStock}
            onChange=${() => onStock(!showsStock)} />Stock chart</label>
          <${Exports} product=${product} window=${{ from: trends.lowest.from, to: trends.lowest.to }}
            lines=${drawnLines} />
        </div>
        ${showsStock && html`<${Stock} drawn=${drawn} lines=${lines} names=${names} onZoom=${onZoom} />`}
        <${PointTable} trend=${trends.lowest} />`
    }
  </section>`
}
