import { moment } from '../format.ts'
import { html } from '../html.ts'
import { nothing, type Reading, type ShowValue } from './reading.ts'
import { Swatch } from './swatch.ts'

/** The distance of a readout from the left or the right, for the style sheet. */
export type ReadoutPosition = { '--left': string } | { '--right': string }

/** A reading, shown next to the cursor. */
export function Readout(props: { reading: Reading; position: ReadoutPosition; show: ShowValue }) {
  const { reading, position, show } = props
  const { at, observed, values, band } = reading
  return html`<div class="readout" style=${position}>
    <strong>${moment(at)}</strong>
    ${values.length === 0 && html`<p>${nothing(observed)}</p>`}
    <dl>${values.map(
      ({ label, style, price: value }, index) => html`<div key=${index}>
        <dt><${Swatch} style=${style} /> ${label}</dt><dd>${show(value)}</dd></div>`,
    )}</dl>
    ${band && html`<p>lowest price ${band}</p>`}
  </div>`
}
