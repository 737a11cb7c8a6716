import { html } from '../html.ts'

/** The orders of a column that sorts, the first click first, with what each does. */
const COLUMNS: Record<string, [sort: string, does: string][]> = {
  Product: [
    ['name', 'sort by name, A to Z'],
    ['-name', 'sort by name, Z to A'],
  ],
  'Lowest price': [
    ['lowest_price', 'sort by price, lowest first'],
    ['-lowest_price', 'sort by price, highest first'],
  ],
}

/** The heading of a column that sorts the list, and turns its order round when it is sorted by it. */
function SortHead(props: { name: string; sort: string; onSort: (sort: string) => void }) {
  const { name, sort, onSort } = props
  const orders = COLUMNS[name] ?? []
  const current = orders.findIndex(([order]) => order === sort)
  const [next = '', does] = orders[(current + 1) % orders.length] ?? []
  const arrow = current < 0 ? '' : current === 0 ? ' ▲' : ' ▼'
  return html`<button type="button" class="sort" aria-label=${`${name}: ${does}`}
    onClick=${() => onSort(next)}>${name}${arrow}</button>`
}

/** The headings of the list's columns. */
export function ColumnHeads({ sort, onSort }: { sort: string; onSort: (sort: string) => void }) {
  const head = (name: string) => html`<${SortHead} name=${name} sort=${sort} onSort=${onSort} />`
  return html`<div class="row head" role="group" aria-label="Columns">
    <div>${head('Product')}</div><div class="number">${head('Lowest price')}</div>
    <div class="number">Offers</div><div>Last day</div><div class="fresh">Checked</div>
  </div>`
}
