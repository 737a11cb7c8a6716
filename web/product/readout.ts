import { moment, price } from '../format.ts'
import { html } from '../html.ts'
import { nothing, type Reading } from './reading.ts'
import { Swatch } from './swatch.ts'

/** How far from the left or from the right a readout is, for its style sheet. */
export type Place = { '--left': string } | { '--right': string }

/** A reading, to be placed beside the cursor. */
export function Readout({ reading, place }: { reading: Reading; place: Place }) {
  const { at, observed, values, band } = reading
  return html`<div class="readout" style=${place}>
    <strong>${moment(at)}</strong>
    ${values.length === 0 && html`<p>${nothing(observed)}</p>`}
    <dl>${values.map(
      ({ label, style, price: value }) => html`<div key=${label}>
        <dt><${Swatch} style=${style} /> ${label}</dt><dd>${price(value)}</dd></div>`,
    )}</dl>
    ${band && html`<p>lowest price ${band}</p>`}
  </div>`
}
