import { useMemo } from 'preact/hooks'
import type { AlertPreview, AlertTrial } from '../../schemas/alert.ts'
import { count, counted, moment } from '../format.ts'
import { html } from '../html.ts'
import { price } from '../price.ts'
import { chartData } from '../product/chart-data.ts'
import type { Overlay } from '../product/chart-overlay.ts'
import { Chart } from '../product/later-chart.ts'
import { lowestStyle } from '../product/palette.ts'
import { usePalette } from '../product/use-palette.ts'
import { usePreview } from './use-preview.ts'
import type { Subject } from './use-subject.ts'

/** The number of firings that are listed. */
const MAX_LISTED = 5

/** The lowest price of the product, with the firings marked. */
function MarkedChart({ subject, overlay }: { subject: Subject; overlay: Overlay }) {
  const { product, trend } = subject
  const palette = usePalette()
  const data = useMemo(() => chartData(trend, [], Date.parse(product.created_at)), [subject])
  const lines = [{ label: 'lowest price', style: lowestStyle(palette), prices: data.lowest }]
  return html`<${Chart} data=${data} lines=${lines} overlay=${overlay} label="The lowest price at a moment" />`
}

function summaryOf({ items, from, to, products, is_complete: isComplete }: AlertPreview): string {
  const often = `${isComplete ? '' : 'at least '}${items.length === 1 ? 'once' : `${count(items.length)} times`}`
  const many = products === 1 ? '' : ` for ${counted(products, 'product')}`
  const fired = items.length === 0 ? 'would not have fired' : `would have fired ${often}`
  return `It ${fired}${many} between ${moment(from)} and ${moment(to)}.`
}

/** The firings in words, the latest first. */
function Firings({ preview }: { preview: AlertPreview }) {
  const { items, resolution } = preview
  const latest = items.slice(-MAX_LISTED).reverse()
  return html`<p>${summaryOf(preview)}${
    resolution === 'hour' && ' Older history is kept by the hour, so some firings may differ.'
  }</p>
    ${
      latest.length > 0 &&
      html`<ul>${latest.map(
        ({ product_id, at, price: value }) =>
          html`<li key=${product_id + at}>${moment(at)}${value !== null && `: ${price(value)}`}</li>`,
      )}${items.length > MAX_LISTED && html`<li>and ${count(items.length - MAX_LISTED)} earlier</li>`}</ul>`
    }`
}

/** What an alert would have fired over the range of the chart. */
export function Preview(props: {
  subject: Subject | null | undefined
  /** Undefined while it has faults, and until the subject is known. */
  trial: AlertTrial | undefined
  isComplete: boolean
}) {
  const { subject, trial, isComplete } = props
  const { data, error } = usePreview(trial)
  const level = trial?.condition.price
  const overlay = useMemo(
    (): Overlay => ({
      marks: (data?.items ?? []).map(({ at, price }) => ({ at: Date.parse(at), price })),
      level,
    }),
    [data, level],
  )
  return html`<section class="preview" aria-labelledby="preview">
    <h3 id="preview">What it would have told</h3>
    ${subject !== null && html`<div class="previewed">${subject && html`<${MarkedChart} subject=${subject} overlay=${overlay} />`}</div>`}
    <div role="status" class="told">
      ${error && html`<p class="failure">No preview: ${error.message}</p>`}
      ${data && html`<${Firings} preview=${data} />`}
      ${!isComplete && html`<p class="note">Complete the fields above to see it.</p>`}
    </div>
  </section>`
}
