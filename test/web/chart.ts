import type { Locator, Page } from 'playwright-core'

/** The colour of the line that stands beside an entry of the legend or an offer, such as `#0b6e4f`. */
export async function lineColour(entry: Locator): Promise<string> {
  return String(await entry.locator('.swatch line').getAttribute('stroke'))
}

/** Whether a chart has this colour anywhere above or below a place, which is a share of its width. */
export function hasColour(
  page: Page,
  share: number,
  colour: string,
  chart = '.chart',
): Promise<boolean> {
  return page.evaluate<boolean>(`(() => {
    const canvas = document.querySelector('${chart} canvas')
    if (!canvas) return false // Not loaded yet.
    const whole = canvas.getBoundingClientRect()
    const plot = document.querySelector('${chart} .u-over').getBoundingClientRect()
    const [x, y, height] = [plot.left - whole.left + ${share} * plot.width, plot.top - whole.top,
      plot.height].map((length) => Math.round((length * canvas.width) / whole.width))
    const column = new OffscreenCanvas(1, height).getContext('2d')
    column.drawImage(canvas, x, y, 1, height, 0, 0, 1, height)
    const { data } = column.getImageData(0, 0, 1, height)
    const wanted = '${colour}'.match(/[0-9a-f]{2}/g).map((digits) => parseInt(digits, 16))
    return Array.from({ length: height }, (_, row) => data.slice(4 * row, 4 * row + 3)).some(
      (pixel) => wanted.every((value, index) => value === pixel[index]))
  })()`)
}

/** Whether a chart has this colour anywhere. */
export async function showsColour(page: Page, colour: string, chart = '.chart'): Promise<boolean> {
  const shares = Array.from({ length: 200 }, (_, index) => (index + 0.5) / 200)
  const found = await Promise.all(shares.map((share) => hasColour(page, share, colour, chart)))
  return found.includes(true)
}
