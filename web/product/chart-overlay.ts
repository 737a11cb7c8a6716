import type uPlot from 'uplot'
import type { Palette } from './palette.ts'

/** What is drawn over the lines of a chart. */
export interface Overlay {
  /** Moments, with the price at each; null if there was none. */
  marks: { at: number; price: number | null }[]
  /** A price to compare the lines with. */
  level: number | undefined
}

export const NO_OVERLAY: Overlay = { marks: [], level: undefined }

/** The radius of a mark, in CSS pixels. */
const RADIUS = 5

/** The range of prices with the level in it. */
export function withLevel(
  [low, high]: [number | null, number | null],
  { level }: Overlay,
): [number | null, number | null] {
  if (level === undefined) return [low, high]
  return [Math.min(low ?? level, level), Math.max(high ?? level, level)]
}

/** Draws the level as a dashed line, and each mark as a dot on a vertical line. */
export function drawOverlay(
  { ctx, bbox, valToPos }: uPlot,
  { marks, level }: Overlay,
  { mark, back }: Palette,
): void {
  if (marks.length === 0 && level === undefined) return
  const { left, top, width, height } = bbox
  const scale = devicePixelRatio
  ctx.save()
  ctx.strokeStyle = mark
  ctx.fillStyle = mark
  ctx.lineWidth = scale
  if (level !== undefined) {
    const y = valToPos(level, 'y', true)
    ctx.setLineDash([6 * scale, 4 * scale])
    ctx.beginPath()
    ctx.moveTo(left, y)
    ctx.lineTo(left + width, y)
    ctx.stroke()
    ctx.setLineDash([])
  }
  for (const { at, price } of marks) {
    const x = valToPos(at, 'x', true)
    const y = price === null ? top + height - RADIUS * scale : valToPos(price, 'y', true)
    ctx.beginPath()
    ctx.moveTo(x, top)
    ctx.lineTo(x, top + height)
    ctx.stroke()
    ctx.beginPath()
    ctx.arc(x, y, (RADIUS + 1.5) * scale, 0, 2 * Math.PI)
    ctx.fillStyle = back
    ctx.fill()
    ctx.beginPath()
    ctx.arc(x, y, RADIUS * scale, 0, 2 * Math.PI)
    ctx.fillStyle = mark
    ctx.fill()
  }
  ctx.restore()
}
