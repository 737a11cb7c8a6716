import { useMemo } from 'preact/hooks'
import { Failure } from '../failure.ts'
import { count } from '../format.ts'
import { html } from '../html.ts'
import { chartData } from './chart-data.ts'
import { chartLines, drawnTrends } from './chart-lines.ts'
import { Chart } from './later-chart.ts'
import { INTERVAL_NAMES } from './legend.ts'
import type { Lines } from './lines.ts'
import { usePalette } from './use-palette.ts'
import { type Drawn, useStock } from './use-trends.ts'

/** The stock over the range of the prices, with the same lines. */
export function Stock(props: {
  drawn: Drawn
  lines: Lines
  names: Map<string, string>
  onZoom: (from: number, to: number) => void
}) {
  const { drawn, lines, names, onZoom } = props
  const { data: trends, error } = useStock(drawn)
  const palette = usePalette()
  const offers = useMemo(() => drawnTrends(trends, lines), [trends, lines])
  const since = Date.parse(drawn.product.created_at)
  const data = useMemo(
    () =>
      trends &&
      chartData(
        trends.lowest,
        offers.map(([, trend]) => trend),
        since,
      ),
    [trends, offers, since],
  )
  const ids = offers.map(([id]) => id)
  return html`<section class="stock" aria-labelledby="stock" aria-busy=${!trends && !error}>
    <h3 id="stock">Stock</h3>
    <${Failure} error=${error} />
    ${
      data
        ? html`<${Chart} data=${data} label="Stock at a moment" show=${count}
            range=${drawn.range} onZoom=${onZoom}
            lines=${chartLines('at the lowest price', data, ids, { lines, names, palette })} />`
        : html`<div class="chart"><div class="plot"></div></div>`
    }
    ${
      trends &&
      trends.lowest.interval !== 'raw' &&
      html`<p class="note"><small>It changed too often to draw each change: this is the lowest stock within
        ${' '}${INTERVAL_NAMES[trends.lowest.interval]}, apart from times with nothing in stock.</small></p>`
    }
  </section>`
}
