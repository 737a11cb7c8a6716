import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Product } from '../../schemas/product.ts'
import { UUID } from '../../schemas/uuid.ts'
import { Failure } from '../failure.ts'
import { Finder } from '../finder.ts'
import { counted, percent } from '../format.ts'
import { html } from '../html.ts'
import { tell } from '../messages.ts'
import { price } from '../price.ts'
import { chartData } from '../product/chart-data.ts'
import { SavePicture } from '../product/exports.ts'
import { directionOf } from '../product/figures.ts'
import { Chart } from '../product/later-chart.ts'
import { type LineStyle, offerStyle } from '../product/palette.ts'
import { queryOf, type Range, rangeOf } from '../product/range.ts'
import { RangePicker } from '../product/range-picker.ts'
import { Swatch } from '../product/swatch.ts'
import { usePalette } from '../product/use-palette.ts'
import { go, link, productLink, route } from '../router.ts'
import { focusTitle, Title } from '../title.ts'
import { merged } from './merge.ts'
import { type Compared, useComparison } from './use-comparison.ts'

/** The number of products in one chart; more lines are hard to tell apart. */
const MAX_COMPARED = 5

/** The ids of products in an address; what cannot be one is left out. */
function idsIn(query: URLSearchParams): string[] {
  const ids = query.getAll('id').map((id) => id.toLowerCase())
  return [...new Set(ids)].filter((id) => UUID.test(id)).slice(0, MAX_COMPARED)
}

/** Writes what is compared to the address. */
function show(ids: string[], range: Range, { isStep = false } = {}): void {
  go(link('compare', { id: ids, ...queryOf(range) }), { replace: !isStep })
}

/** The chart of the lowest prices. */
function useMerged(compared: Compared[] | undefined) {
  return useMemo(() => {
    const [first, ...others] = (compared ?? []).map(({ product, trend }) =>
      chartData(trend, [], Date.parse(product.created_at)),
    )
    return first && merged([first, ...others])
  }, [compared])
}

/** A product with its line, its figures over the range, and a button to leave it out. */
function Entry(props: { compared: Compared; style: LineStyle; onRemove: () => void }) {
  const { compared, style, onRemove } = props
  const { product, trend } = compared
  const { change, low, high } = trend
  const cell = (label: string, value: unknown, direction = '') =>
    html`<td role="cell" class=${`number ${direction}`} data-label=${label}>${value}</td>`
  return html`<tr role="row">
    <th scope="row" role="rowheader"><div class="offer">
      <${Swatch} style=${style} /><a class="wrap" href=${productLink(product.id)}>${product.name}</a>
      <button type="button" class="plain" aria-label=${`Leave out ${product.name}`} onClick=${onRemove}>✕</button>
    </div></th>
    ${cell('Now', price(product.lowest_price))}
    ${cell('Low', price(low))}
    ${cell('High', price(high))}
    ${cell('Change', percent(change.percent), directionOf(change.absolute))}
  </tr>`
}

function Table({
  compared,
  styles,
  onRemove,
}: {
  compared: Compared[]
  styles: LineStyle[]
  onRemove: (id: string) => void
}) {
  const column = (name: string) =>
    html`<th scope="col" role="columnheader" class="number">${name}</th>`
  return html`<div class="windows compared stacked" tabindex="0" role="region" aria-label="Compared products"><table role="table">
    <thead role="rowgroup"><tr role="row">
      <th scope="col" role="columnheader">Product</th>${['Now', 'Low', 'High', 'Change'].map(column)}
    </tr></thead>
    <tbody role="rowgroup">${compared.map(
      (one, index) => html`<${Entry} key=${one.product.id} compared=${one} style=${styles[index]}
        onRemove=${() => onRemove(one.product.id)} />`,
    )}</tbody>
  </table></div>`
}

/** Finds a product to compare as well. */
function Add({ taken, onAdd }: { taken: string[]; onAdd: (id: string) => void }) {
  const [text, setText] = useState('')
  function add({ id }: Product) {
    setText('')
    onAdd(id)
  }
  return html`<${Finder} id="finder" label="Add a product" text=${text} taken=${taken}
    onType=${setText} onChoose=${add} />`
}

/** The lowest prices of up to five products in one chart. The address names them. */
export function Compare() {
  useEffect(Chart.load, []) // While the trends are read.
  const { query } = route.value
  const ids = idsIn(query)
  const range = rangeOf(query)
  const { data, error } = useComparison(ids, range)
  useEffect(() => {
    const missing = data ? ids.length - data.length : 0
    if (!data || missing === 0) return
    tell(`${counted(missing, 'product')} left out of the comparison: no longer there.`)
    show(
      data.map(({ product }) => product.id),
      range,
    )
  }, [data])
  const loading = !data && !error // Zooming meanwhile is part of the same step.
  const before = useRef<Compared[]>(undefined)
  if (data) before.current = data
  // The previous products stay until these are loaded or have failed.
  const compared = data ?? (error ? undefined : before.current)
  const chart = useMerged(compared)
  const palette = usePalette()
  const styles = (compared ?? []).map((_, index) => ({ ...offerStyle(palette, index), width: 2.5 }))
  const lines = (compared ?? []).map(({ product }, index) => ({
    label: product.name,
    style: styles[index] ?? offerStyle(palette, index),
    prices: (index === 0 ? chart?.lowest : chart?.offers[index - 1]) ?? [],
  }))
  function remove(id: string) {
    focusTitle()
    show(
      ids.filter((one) => one !== id),
      range,
    )
  }
  return html`<main id="main" aria-busy=${loading}>
    <div class="title"><${Title} text="Compare products" /></div>
    ${
      ids.length < MAX_COMPARED
        ? html`<${Add} taken=${ids} onAdd=${(id: string) => show([...ids, id], range)} />`
        : html`<p class="note">A chart compares five products at most.</p>`
    }
    <${RangePicker} range=${range} shown=${chart} onRange=${(next: Range) => show(ids, next)} />
    <${Failure} error=${error} />
    <div class="comparison">
      ${
        chart &&
        html`<${Chart} data=${chart} lines=${lines} range=${range} onZoom=${(
          from: number,
          to: number,
        ) => show(ids, { name: 'custom', from, to }, { isStep: !loading })} />`
      }
      ${data?.length === 0 && html`<p class="note">Add products to compare their prices.</p>`}
    </div>
    ${
      compared &&
      compared.length > 0 &&
      html`<${Table} compared=${compared} styles=${styles} onRemove=${remove} />
        <div class="exports"><${SavePicture} title="Compared prices" lines=${lines} /></div>`
    }
  </main>`
}
