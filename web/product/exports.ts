import { fileName, saveAnswer, saveMade } from '../download.ts'
import { html } from '../html.ts'
import { pictureOf } from './picture.ts'
import type { ChartLine } from './reading.ts'
import { usePalette } from './use-palette.ts'

/** Saves what the chart shows: as a picture, and the prices of the range as CSV. */
export function Exports(props: {
  product: { id: string; name: string }
  window: { from: string; to: string }
  lines: ChartLine[]
}) {
  const { product, window, lines } = props
  const { id, name } = product
  const palette = usePalette()
  function savePicture() {
    const canvas = document.querySelector<HTMLCanvasElement>('.prices .chart canvas')
    return saveMade(() => pictureOf(canvas, { title: name, lines, palette }), fileName(name, 'png'))
  }
  function savePrices() {
    const query = new URLSearchParams({ product_id: id, ...window, format: 'csv' })
    return saveAnswer(`/export/prices?${query}`, fileName(`${name} prices`, 'csv'))
  }
  return html`<div class="exports">
    <button type="button" class="plain" onClick=${savePicture}>Chart as PNG</button>
    <button type="button" class="plain" onClick=${savePrices}>Prices as CSV</button>
  </div>`
}
