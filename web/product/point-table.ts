import type { Trend, TrendBucket, TrendPoint } from '../../schemas/trend.ts'
import { count, moment } from '../format.ts'
import { html } from '../html.ts'
import { price } from '../price.ts'
import { Fold } from './fold.ts'

/** The maximum number of rows; nobody reads more. */
const MAX_ROWS = 500

type TableColumn<T> = [name: string, value: (item: T) => string]

const POINTS: TableColumn<TrendPoint>[] = [
  ['Price', ({ price: value }) => (value === null ? 'none in stock' : price(value))],
  ['Stock', ({ items_in_stock }) => count(items_in_stock)],
]
const BUCKETS: TableColumn<TrendBucket>[] = [
  ['Open', ({ open }) => price(open)],
  ['Low', ({ low }) => price(low)],
  ['High', ({ high }) => price(high)],
  ['Close', ({ close }) => price(close)],
]

function table<T extends { at: string }>(items: T[], columns: TableColumn<T>[]) {
  const latest = items.slice(-MAX_ROWS).reverse()
  return html`<div class="scroll" tabindex="0" role="region" aria-label="The lowest price as a table">
    <table>
      <caption>The lowest price, latest first${
        items.length > MAX_ROWS && `: the last ${MAX_ROWS} of ${count(items.length)} points`
      }</caption>
      <thead><tr><th scope="col">From</th>
        ${columns.map(([name]) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
      <tbody>${latest.map(
        (item) => html`<tr key=${item.at}><th scope="row">${moment(item.at)}</th>
          ${columns.map(([, value]) => html`<td class="number">${value(item)}</td>`)}</tr>`,
      )}</tbody>
    </table>
  </div>`
}

/** The points of the lowest price as a table. */
export function PointTable({ trend: { prices, buckets = [] } }: { trend: Trend }) {
  const content = () => (prices ? table(prices, POINTS) : table(buckets, BUCKETS))
  return html`<${Fold} summary="Show as a table" content=${content} />`
}
