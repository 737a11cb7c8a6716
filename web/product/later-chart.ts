import type { ComponentChildren } from 'preact'
import { html } from '../html.ts'
import { later } from '../later.ts'

/** Loaded later, because uPlot is larger than all the rest of the page. */
export const Chart = later(
  async () => (await import('./chart.ts')).Chart,
  ({ children }: { children?: ComponentChildren }) =>
    html`<div class="chart"><div class="plot">${children}</div></div>`,
)
