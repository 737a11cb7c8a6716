import type { Trend } from '../../schemas/trend.ts'
import { percent, share } from '../format.ts'
import { html } from '../html.ts'
import { price, priceChange } from '../price.ts'

/** The class that colours a change. */
export function directionOf(change: number | null | undefined): string {
  if (!change) return ''
  return change > 0 ? 'rise' : 'drop'
}

/** The statistics of the lowest price over the range. */
export function Figures({ trend: { change, low, high, mean, coverage } }: { trend: Trend }) {
  const figure = (name: string, value: unknown) =>
    html`<div><dt>${name}</dt><dd>${value}</dd></div>`
  return html`<dl class="figures">
    ${figure(
      'Change',
      change.absolute === null
        ? '–'
        : html`<span class=${directionOf(change.absolute)}>
            ${percent(change.percent)} <small>(${priceChange(change.absolute)})</small></span>`,
    )}
    ${figure('Low', price(low))}
    ${figure('High', price(high))}
    ${figure('Mean', price(mean))}
    ${figure('Observed', html`${share(coverage)} <small>of the time</small>`)}
  </dl>`
}
