import { lowestStyle, type Palette } from './palette.ts'
import type { ChartLine } from './reading.ts'

const MARGIN = 16
const LINE_HEIGHT = 20
const SWATCH = 28

/** Draws the name of each line beside a sample of it, and returns how many rows that takes. */
function drawLegend(ctx: CanvasRenderingContext2D, lines: ChartLine[], width: number, top: number) {
  let [x, row] = [MARGIN, 0]
  for (const { label, style } of lines) {
    const length = SWATCH + 6 + ctx.measureText(label).width + 18
    if (x > MARGIN && x + length > width - MARGIN) {
      x = MARGIN
      row += 1
    }
    const y = top + row * LINE_HEIGHT
    ctx.strokeStyle = style.colour
    ctx.lineWidth = style.width
    ctx.setLineDash(style.dash)
    ctx.beginPath()
    ctx.moveTo(x, y)
    ctx.lineTo(x + SWATCH, y)
    ctx.stroke()
    ctx.fillText(label, x + SWATCH + 6, y, width - MARGIN - (x + SWATCH + 6))
    x += length
  }
  return row + 1
}

/** A picture (PNG) of a chart with its title and legend. Throws if the chart is not drawn yet. */
export async function pictureOf(
  chart: HTMLCanvasElement | null | undefined,
  { title, lines, palette }: { title: string; lines: ChartLine[]; palette: Palette },
): Promise<Blob> {
  if (!chart) throw new Error('The chart is not drawn yet')
  const scale = devicePixelRatio
  const width = chart.width / scale + 2 * MARGIN
  const chartHeight = chart.height / scale
  const canvas = document.createElement('canvas')
  const ctx = canvas.getContext('2d')
  if (!ctx) throw new Error('The browser cannot draw pictures')
  const font = '13px system-ui, sans-serif'
  ctx.font = font
  const rows = drawLegend(ctx, lines, width, 0)
  const height = 3 * MARGIN + LINE_HEIGHT + chartHeight + rows * LINE_HEIGHT
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  ctx.scale(scale, scale)
  ctx.fillStyle = palette.back
  ctx.fillRect(0, 0, width, height)
  ctx.textBaseline = 'middle'
  ctx.fillStyle = lowestStyle(palette).colour
  ctx.font = `bold ${font}`
  ctx.fillText(title, MARGIN, MARGIN + LINE_HEIGHT / 2, width - 2 * MARGIN)
  const top = MARGIN + LINE_HEIGHT
  ctx.drawImage(chart, MARGIN, top, chart.width / scale, chartHeight)
  ctx.font = font
  ctx.fillStyle = palette.text
  drawLegend(ctx, lines, width, top + chartHeight + MARGIN)
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large'))))
  })
}
