import { fileName, saveAnswer, saveMade } from '../download.ts'
import { html } from '../html.ts'
import { pictureOf } from './picture.ts'
import type { ChartLine } from './reading.ts'
import { usePalette } from './use-palette.ts'

/** Saves the first chart of the view as a picture. */
export function SavePicture({ title, lines }: { title: string; lines: ChartLine[] }) {
  const palette = usePalette()
  function savePicture() {
    const canvas = document.querySelector<HTMLCanvasElement>('main .chart canvas')
    return saveMade(() => pictureOf(canvas, { title, lines, palette }), fileName(title, 'png'))
  }
  return html`<button type="button" class="plain" onClick=${savePicture}>Chart as PNG</button>`
}

/** Saves what the chart shows: as a picture, and the prices of the range as CSV. */
export function Exports(props: {
  product: { id: string; name: string }
  window: { from: string; to: string }
  lines: ChartLine[]
}) {
  const { product, window, lines } = props
  const { id, name } = product
  function savePrices() {
    const query = new URLSearchParams({ product_id: id, ...window, format: 'csv' })
    return saveAnswer(`/export/prices?${query}`, fileName(`${name} prices`, 'csv'))
  }
  return html`<div class="exports">
    <${SavePicture} title=${name} lines=${lines} />
    <button type="button" class="plain" onClick=${savePrices}>Prices as CSV</button>
  </div>`
}
