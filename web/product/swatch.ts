import { html } from '../html.ts'
import type { LineStyle } from './palette.ts'

/** A sample of a line in its style. */
export function Swatch({ style: { colour, dash, width } }: { style: LineStyle }) {
  return html`<svg class="swatch" width="28" height="10" aria-hidden="true">
    <line x1="0" y1="5" x2="28" y2="5" stroke=${colour} stroke-width=${width}
      stroke-dasharray=${dash.join(' ')} />
  </svg>`
}
