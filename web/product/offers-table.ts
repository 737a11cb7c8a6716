import type { Offer } from '../../schemas/offer.ts'
import { now } from '../clock.ts'
import { ago, count, moment, percent } from '../format.ts'
import { html } from '../html.ts'
import { tell } from '../messages.ts'
import { price } from '../price.ts'
import { directionOf } from './figures.ts'
import { Fold } from './fold.ts'
import { isDrawn, type Lines } from './lines.ts'
import { offerStyle } from './palette.ts'
import { Swatch } from './swatch.ts'
import { usePalette } from './use-palette.ts'

/** An offer that was on sale within the range, but is not now. */
export interface PastOffer {
  id: string
  /** Its last price. */
  last: number
}

/** Copies an id to the clipboard. If the browser refuses, it shows the id to be copied by hand. */
async function copy(id: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(id)
    tell('Copied the id of the offer.')
  } catch {
    tell(id)
  }
}

function ChangedAgo({ at }: { at: string }) {
  return html`<time datetime=${at} title=${moment(at)}>${ago(at, now.value)}</time>`
}

/** The offers on sale, cheapest first, and those that were on sale within the range. Each can be drawn. */
export function OffersTable(props: {
  onSale: Offer[]
  past: PastOffer[]
  /** The change of each price today, in percent; undefined until known. */
  today: Map<string, number | null> | undefined
  names: Map<string, string>
  lines: Lines
  onToggle: (offerId: string) => void
}) {
  const { onSale, past, today, names, lines, onToggle } = props
  const palette = usePalette()

  const head = (id: string) => {
    const name = names.get(id)
    const slot = lines.slots.get(id)
    return html`<th scope="row" role="rowheader"><div class="offer">
      <label title=${`Draw the line of offer ${id}`}>
        <input type="checkbox" checked=${isDrawn(lines, id)} onChange=${() => onToggle(id)}
          aria-label=${`Draw offer ${name}`} />
        ${slot === undefined ? html`<span class="swatch" />` : html`<${Swatch} style=${offerStyle(palette, slot)} />`}
      </label>
      <button type="button" class="plain id" title=${`${id} – copy this id`}
        aria-label=${`Copy the id of offer ${name}`} onClick=${() => copy(id)}>${name}</button>
    </div></th>`
  }
  // The elements have these roles anyway, but lose them when a narrow screen stacks the cells.
  const row = ({
    id,
    price: value,
    items_in_stock: stock,
    changed_at,
    lowest_prior_30d,
  }: Offer) => {
    const change = today?.get(id)
    return html`<tr key=${id} role="row">
      ${head(id)}
      <td role="cell" class="number price" data-label="Price">${price(value)}</td>
      <td role="cell" class="number" data-label="Stock">
        ${stock === 0 ? html`<span class="none">sold out</span>` : count(stock)}</td>
      <td role="cell" class=${`number ${directionOf(change)}`} data-label="Today">${percent(change)}</td>
      <td role="cell" class="number" data-label="Prior 30-day low">${price(lowest_prior_30d)}</td>
      <td role="cell" class="number" data-label="Changed"><${ChangedAgo} at=${changed_at} /></td>
    </tr>`
  }
  const pastRow = ({ id, last }: PastOffer) => html`<tr key=${id}>
    ${head(id)}
    <td class="number">${price(last)}</td>
  </tr>`

  const pastTable = () => html`<div class="offers past"><table>
    <thead><tr><th scope="col">Offer</th><th scope="col" class="number">Last price</th></tr></thead>
    <tbody>${past.map(pastRow)}</tbody>
  </table></div>`

  return html`<section aria-labelledby="offers">
    <h2 id="offers">Offers${onSale.length > 0 && html` <small>${count(onSale.length)} on sale</small>`}</h2>
    ${
      onSale.length === 0
        ? html`<p class="note">No offer is on sale.</p>`
        : html`<div class="offers stacked" tabindex="0" role="region" aria-label="Offers on sale"><table role="table">
          <thead role="rowgroup"><tr role="row">
            <th scope="col" role="columnheader">Offer</th>
            <th scope="col" role="columnheader" class="number">Price</th>
            <th scope="col" role="columnheader" class="number">Stock</th>
            <th scope="col" role="columnheader" class="number">Today</th>
            <th scope="col" role="columnheader" class="number">Prior 30-day low</th>
            <th scope="col" role="columnheader" class="number">Changed</th>
          </tr></thead>
          <tbody role="rowgroup">${onSale.map(row)}</tbody>
        </table></div>
        <p class="note"><small>Today: the change since midnight. Prior 30-day low: if the price is a
          reduction, the lowest price observed in the 30 days before it.</small></p>`
    }
    ${
      past.length > 0 &&
      html`<${Fold} content=${pastTable}
        summary=${`No longer on sale: ${count(past.length)} of the offers in this range`} />`
    }
  </section>`
}
