import uPlot from 'uplot'
import { priceRange, timeLabels } from './axis.ts'
import { briefAt, type ChartData } from './chart-data.ts'
import { drawOverlay, type Overlay, withLevel } from './chart-overlay.ts'
import type { LineStyle, Palette } from './palette.ts'
import type { ShowValue } from './reading.ts'

const FONT = '12px system-ui, sans-serif'

/** The possible distances between two labels of the price axis; prices are whole numbers. */
const PRICE_STEPS = Array.from({ length: 16 }, (_, zeros) => 10 ** zeros).flatMap((one) => [
  one,
  2 * one,
  5 * one,
])

/** The events of a chart. */
export interface ChartEvents {
  /** The chart has drawn its current data. */
  onDraw(): void
  /** The cursor has moved to this distance from the left of the plot, in CSS pixels; negative if it has left. */
  onCursor(left: number): void
  /** A range was selected by dragging, in epoch ms; undefined if that selects none. */
  onZoom: ((from: number, to: number) => void) | undefined
}

/** What the chart shows now. */
interface Current {
  data: ChartData
  overlay: Overlay
  show: ShowValue
}

/** A drag is at least this long, in CSS pixels; a shorter one is a click. */
const MIN_DRAG = 8

/** Passes on the selected range, and removes the selection: the zoomed chart replaces it. */
function takeSelection(plot: uPlot, onZoom: NonNullable<ChartEvents['onZoom']>): void {
  const { left, width } = plot.select
  if (width < MIN_DRAG) return
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  onZoom(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'))
}

/** Lines shorter than this, in CSS pixels, are drawn as points. */
const MIN_LINE_LENGTH = 4

/** The points of a line with this style, drawn only where the line is too short to see. */
function pointsOf({ colour, width }: LineStyle): uPlot.Series.Points {
  return {
    show: false,
    filter: (plot, series) => {
      const shortest = plot.posToVal(MIN_LINE_LENGTH, 'x') - plot.posToVal(0, 'x')
      return briefAt(plot.data[0], plot.data[series] ?? [], shortest)
    },
    size: 6 + width,
    width: 0,
    fill: colour,
  }
}

/** A step line. Each step lasts until the next point, and the last one until the observations end. */
function steps(style: Partial<uPlot.Series>): uPlot.Series {
  return {
    points: { show: false },
    ...style,
    paths: uPlot.paths.stepped?.({ align: 1, alignGaps: 1, extend: true }),
    gaps: (plot, series, _first, last, between) => {
      // Without the extra half of the line's width, the step to the price after a gap would show at its end.
      const half = Math.ceil(((plot.series[series]?.width ?? 1) * devicePixelRatio) / 2)
      const gaps = between.map(([from, to]): [number, number] => [from, to + half])
      // uPlot omits the gap after the last price, and `extend` would draw into it.
      const end = plot.data[0][last + 1]
      if (end === undefined || plot.data[series]?.[last] == null) return gaps
      const { left, width } = plot.bbox
      return [...gaps, [Math.round(plot.valToPos(end, 'x', true)), left + width + 10]]
    },
  }
}

/** Hatches the periods in which nothing was observed. */
function drawGaps({ ctx, bbox, valToPos }: uPlot, { gaps }: ChartData, colour: string): void {
  if (gaps.length === 0) return
  const { left, top, width, height } = bbox
  const spacing = 6 * devicePixelRatio
  ctx.save()
  ctx.beginPath()
  for (const { from, to } of gaps) {
    const [begin, end] = [valToPos(from, 'x', true), valToPos(to, 'x', true)]
    ctx.rect(begin, top, Math.max(end - begin, 1), height)
  }
  ctx.clip()
  ctx.beginPath()
  for (let x = left - height; x < left + width; x += spacing) {
    ctx.moveTo(x, top + height)
    ctx.lineTo(x + height, top)
  }
  ctx.strokeStyle = colour
  ctx.lineWidth = devicePixelRatio
  ctx.stroke()
  ctx.restore()
}

/**
 * The options with which uPlot draws the data: the band, then the lines of the offers, and on top the line of the
 * lowest price, which comes first in the list. `current` returns what is shown.
 */
export function chartOptions(
  size: { width: number; height: number },
  [lowest, ...offers]: LineStyle[],
  palette: Palette,
  current: () => Current,
  events: ChartEvents,
): uPlot.Options {
  const line = (style: LineStyle) => {
    const { colour, dash, width } = style
    return steps({ stroke: colour, dash, width, points: pointsOf(style) })
  }
  const edge = () => steps({ stroke: 'transparent', width: 0 })
  const { onZoom } = events
  const data = () => current().data
  const banded = data().band !== undefined
  const axis: uPlot.Axis = {
    stroke: palette.text,
    font: FONT,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { show: false },
  }
  return {
    ...size,
    ms: 1,
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: onZoom !== undefined, y: false, setScale: false, dist: MIN_DRAG },
      points: { show: false },
    },
    scales: {
      // uPlot needs an axis with a length, even if the window has none.
      x: { time: true, range: () => [data().from, Math.max(data().to, data().from + 1)] },
      y: {
        range: (_plot, low, high) => priceRange(...withLevel([low, high], current().overlay)),
      },
    },
    axes: [
      {
        ...axis,
        space: 72,
        size: 42,
        values: (_plot, splits, _axis, _space, step) => timeLabels(splits, step),
      },
      {
        ...axis,
        incrs: PRICE_STEPS,
        values: (_plot, splits) => splits.map(current().show),
        size: (_plot, values) => 14 + 7.5 * Math.max(3, ...(values ?? []).map((one) => one.length)),
      },
    ],
    series: [
      {},
      ...(banded ? [edge(), edge()] : []),
      ...[...offers, ...(lowest ? [lowest] : [])].map(line),
    ],
    bands: banded ? [{ series: [1, 2], fill: palette.band }] : [],
    hooks: {
      drawAxes: [(plot) => drawGaps(plot, data(), palette.unseen)],
      draw: [(plot) => drawOverlay(plot, current().overlay, palette), events.onDraw],
      setCursor: [({ cursor }) => events.onCursor(cursor.left ?? -1)],
      setSelect: onZoom ? [(plot) => takeSelection(plot, onZoom)] : [],
    },
  }
}

/** The data in uPlot's format. */
export function aligned({ times, band, lowest, offers }: ChartData): uPlot.AlignedData {
  return [times, ...(band ? [band.high, band.low] : []), ...offers, lowest]
}
