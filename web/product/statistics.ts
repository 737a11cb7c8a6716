import type { StatsWindow } from '../../history/statistics.ts'
import type { ProductStats, WindowStats } from '../../schemas/stats.ts'
import { date, moment, percent, share } from '../format.ts'
import { html } from '../html.ts'
import { price } from '../price.ts'
import { directionOf } from './figures.ts'

const WINDOW_NAMES: [window: StatsWindow, name: string][] = [
  ['1d', '1 day'],
  ['7d', '7 days'],
  ['30d', '30 days'],
  ['90d', '90 days'],
  ['365d', '1 year'],
]

function Extreme({ name, extreme }: { name: string; extreme: ProductStats['all_time']['low'] }) {
  return html`<div><dt>${name}</dt><dd>${price(extreme?.price)}
    ${
      extreme &&
      html` <small>on <time datetime=${extreme.at} title=${moment(extreme.at)}>${date(extreme.at)}</time></small>`
    }
  </dd></div>`
}

// The elements have these roles anyway, but lose them when a narrow screen stacks the cells.
function Row({ name, stats }: { name: string; stats: WindowStats }) {
  const { low, high, mean, change_percent: change, out_of_stock: gone, coverage } = stats
  const cell = (label: string, value: unknown, direction = '') =>
    html`<td role="cell" class=${`number ${direction}`} data-label=${label}>${value}</td>`
  return html`<tr role="row">
    <th scope="row" role="rowheader">${name}</th>
    ${cell('Low', price(low))}
    ${cell('High', price(high))}
    ${cell('Mean', price(mean))}
    ${cell('Change', percent(change), directionOf(change))}
    ${cell('Out of stock', share(gone))}
    ${cell('Observed', share(coverage))}
  </tr>`
}

/** The statistics of a product's lowest price: of all time, and of windows that end now. */
export function Statistics({ stats: { all_time: allTime, windows } }: { stats: ProductStats }) {
  const column = (name: string) =>
    html`<th scope="col" role="columnheader" class="number">${name}</th>`
  return html`<section aria-labelledby="statistics">
    <h2 id="statistics">Statistics</h2>
    <dl class="extremes">
      <${Extreme} name="All-time low" extreme=${allTime.low} />
      <${Extreme} name="All-time high" extreme=${allTime.high} />
    </dl>
    <div class="windows stacked" tabindex="0" role="region" aria-label="Statistics of the last days"><table role="table">
      <thead role="rowgroup"><tr role="row">
        <th scope="col" role="columnheader">The last</th>
        ${['Low', 'High', 'Mean', 'Change', 'Out of stock', 'Observed'].map(column)}
      </tr></thead>
      <tbody role="rowgroup">
        ${WINDOW_NAMES.map(([window, name]) => html`<${Row} key=${window} name=${name} stats=${windows[window]} />`)}
      </tbody>
    </table></div>
    <p class="note"><small>Figures of the lowest price among the offers in stock. Out of stock: the share of the
      observed time in which no offer was in stock.</small></p>
  </section>`
}
