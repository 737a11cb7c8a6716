import type { LastDay } from './last-day.ts'

/** The size of a sparkline, in units of its view box. */
export const SPARKLINE = { width: 96, height: 24 }

/**
 * The step line of a day's prices as an SVG path, with time on the x axis and gaps where there was no price. It
 * ends at `now` with the current price. It is empty if there is nothing to draw.
 */
export function sparklinePath(
  { from, steps }: LastDay,
  current: number | null,
  now: number,
): string {
  const points = [...steps, { at: now, close: current }]
  const prices = points.flatMap(({ close }) => close ?? [])
  const [low, high] = [Math.min(...prices), Math.max(...prices)]
  const { width, height } = SPARKLINE
  const round = (value: number) => Math.round(value * 10) / 10
  const x = (at: number) => round(Math.max(0, (at - from) / Math.max(1, now - from)) * width)
  const y = (price: number) =>
    round(high === low ? height / 2 : 1 + (1 - (price - low) / (high - low)) * (height - 2))

  let path = ''
  let drawing = false
  for (const [index, { at, close }] of points.entries()) {
    if (close !== null) {
      path += drawing ? `V${y(close)}` : `M${x(at)} ${y(close)}`
      path += `H${x(points[index + 1]?.at ?? now)}`
    }
    drawing = close !== null
  }
  return path
}
