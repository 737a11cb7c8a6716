import type { Trend } from '../../schemas/trend.ts'
import { html } from '../html.ts'
import { lowestStyle, type Palette } from './palette.ts'
import { Swatch } from './swatch.ts'

/** The intervals of buckets, in words. */
export const INTERVAL_NAMES: Record<Trend['interval'], string> = {
  raw: '',
  '1m': '1 minute',
  '5m': '5 minutes',
  '15m': '15 minutes',
  '1h': '1 hour',
  '6h': '6 hours',
  '1d': '1 day (UTC)',
}

const STRIPES = 'M-4 12L8 0M2 12L14 0M8 12L20 0M14 12L26 0M20 12L32 0'

/** The legend of the chart. The table of the offers explains their lines. */
export function Legend({ trend, palette }: { trend: Trend; palette: Palette }) {
  const box = (content: unknown) =>
    html`<svg class="swatch" width="28" height="12" aria-hidden="true">${content}</svg>`
  return html`<ul class="legend">
    <li><${Swatch} style=${lowestStyle(palette)} /> lowest price</li>
    ${
      trend.buckets &&
      html`<li>${box(html`<rect width="28" height="12" fill=${palette.band} />`)}
        ${' '}its low and high within ${INTERVAL_NAMES[trend.interval]}</li>`
    }
    ${
      trend.gaps.length > 0 &&
      html`<li>${box(html`<path d=${STRIPES} stroke=${palette.unseen} />`)} not observed</li>`
    }
  </ul>`
}
