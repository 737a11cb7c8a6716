import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import { html } from '../html.ts'
import { price } from '../price.ts'
import { serverTime } from '../server-time.ts'
import { type ChartData, indexAt } from './chart-data.ts'
import { aligned, chartOptions } from './chart-options.ts'
import { NO_OVERLAY, type Overlay } from './chart-overlay.ts'
import { pinched } from './pinch.ts'
import { lengthOf, type Range } from './range.ts'
import { type ChartLine, inWords, readingAt, type ShowValue } from './reading.ts'
import { Readout, type ReadoutPosition } from './readout.ts'
import { usePalette } from './use-palette.ts'
import { usePinch } from './use-pinch.ts'

/** How many points each key moves the cursor. */
const STEPS: Record<string, (last: number) => number> = {
  ArrowLeft: () => -1,
  ArrowDown: () => -1,
  ArrowRight: () => 1,
  ArrowUp: () => 1,
  PageDown: (last) => -Math.ceil(last / 10),
  PageUp: (last) => Math.ceil(last / 10),
  Home: () => Number.NEGATIVE_INFINITY,
  End: () => Number.POSITIVE_INFINITY,
}

/** By how much each key widens the range around the cursor. */
const ZOOMS: Record<string, number> = { '+': 0.5, '=': 0.5, '-': 2 }

/** The position of the cursor, and whether it was moved with the keyboard. */
interface Cursor {
  at: number
  byKey: boolean
}

/** Records in the browser's performance timeline how long the latest data took to reach the screen. */
function measureDrawing(): void {
  // Showing or hiding a line redraws the chart without new data.
  if (performance.getEntriesByName('chart-data').length === 0) return
  performance.clearMeasures('chart-drawn')
  performance.measure('chart-drawn', 'chart-data')
  performance.clearMarks('chart-data')
}

/**
 * A chart of step lines over time, the first of them the lowest price. It shows all prices under the pointer. For
 * the keyboard and screen readers, it is a slider along its points. A range of it is selected by dragging with a mouse,
 * by moving two fingers apart or together, or by the keys + and -.
 */
export function Chart(props: {
  data: ChartData
  lines: ChartLine[]
  /** What the slider is called. */
  label?: string
  show?: ShowValue
  overlay?: Overlay
  /** The range that was asked for last, which can still be loading. */
  range?: Range
  /** Called with a selected range, epoch ms; undefined if none can be selected. */
  onZoom?: (from: number, to: number) => void
}) {
  const { data, lines, label = 'Prices at a moment', overlay = NO_OVERLAY, onZoom } = props
  const { range = { name: 'custom', from: data.from, to: data.to } } = props
  const { show = price } = props
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const drawing = useRef<ChartData>(null)
  const overlaid = useRef(overlay)
  const [cursor, setCursor] = useState<Cursor>()
  const latest = useRef({ data, cursor, overlay, onZoom, show })
  latest.current = { data, cursor, overlay, onZoom, show }
  const palette = usePalette()
  const values = useMemo(() => aligned(data), [data])
  const look = JSON.stringify([lines.map(({ style }) => style), data.band !== undefined, palette])

  function onDraw() {
    if (drawing.current === latest.current.data) return
    drawing.current = latest.current.data
    measureDrawing()
  }
  function onCursor(left: number) {
    const { cursor } = latest.current
    if (cursor?.byKey) return
    const at = left < 0 ? undefined : plot.current?.posToVal(left, 'x')
    setCursor(at === undefined ? undefined : { at, byKey: false })
  }

  // Effects that wait for the paint, because to draw the chart takes a slow phone long enough by itself.
  useEffect(() => {
    const { current } = box
    if (!current) return
    const size = () => ({ width: current.clientWidth, height: current.clientHeight })
    const styles = lines.map(({ style }) => style)
    const options = chartOptions(size(), styles, palette, () => latest.current, {
      onDraw,
      onCursor,
      onZoom: onZoom && ((from, to) => latest.current.onZoom?.(from, to)),
    })
    const made = new uPlot(options, values, current)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize(size()))
    observer.observe(current)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [look])
  useEffect(() => {
    if (plot.current?.data !== values) plot.current?.setData(values)
  }, [values])
  useEffect(() => {
    if (overlaid.current !== overlay) plot.current?.setData(values)
    overlaid.current = overlay
  }, [overlay])

  const last = data.times.length - 1
  const index = cursor ? indexAt(data.times, cursor.at) : last
  useEffect(() => {
    if (!cursor?.byKey) return
    plot.current?.setCursor({ left: plot.current.valToPos(cursor.at, 'x'), top: 0 }, false)
  }, [cursor, values])

  function goTo(wanted: number) {
    const at = data.times[Math.min(Math.max(wanted, 0), last)]
    if (at !== undefined) setCursor({ at, byKey: true })
  }
  function leave() {
    setCursor(undefined)
    plot.current?.setCursor({ left: -10, top: -10 }, false)
  }
  function onFocus() {
    if (box.current?.matches(':focus-visible')) goTo(index)
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.ctrlKey || event.altKey || event.metaKey) return // These are the browser's: Alt+← goes back.
    if (event.key === 'Escape') leave()
    const zoom = ZOOMS[event.key]
    if (zoom && onZoom) {
      const length = lengthOf(range, data, serverTime()) * zoom
      return zoomTo(data.times[index] ?? data.to, length)
    }
    const steps = STEPS[event.key]
    if (!steps) return
    event.preventDefault()
    goTo(index + steps(last))
  }
  function zoomTo(centre: number, length: number) {
    const from = Math.max(0, centre - length / 2)
    onZoom?.(from, Math.max(Math.min(from + length, serverTime()), from + 1))
  }
  const pinch = usePinch((fingers) => {
    if (!plot.current) return
    const { centre, length } = pinched(data, plot.current.over.clientWidth, fingers)
    zoomTo(centre, length)
  })
  /** Follows what is no mouse, which uPlot tracks itself: one finger moves the cursor, two zoom. */
  function onPointer(event: PointerEvent) {
    if (event.type === 'pointermove' && cursor?.byKey) setCursor(undefined)
    if (event.pointerType === 'mouse' || !plot.current) return
    const { left, top } = plot.current.over.getBoundingClientRect()
    const x = event.clientX - left
    if (event.type === 'pointerdown') return pinch.down(event.pointerId, x)
    pinch.move(event.pointerId, x)
    if (!pinch.isPinching()) plot.current.setCursor({ left: x, top: event.clientY - top })
  }

  const reading = readingAt(data, lines, index, cursor?.at ?? data.to)
  return html`<div class="chart" onPointerDown=${onPointer} onPointerMove=${onPointer}
    onPointerUp=${pinch.up} onPointerCancel=${pinch.cancel}>
    <div ref=${box} class="plot" tabindex="0" role="slider" aria-label=${label}
      aria-valuemin="0" aria-valuemax=${last} aria-valuenow=${index} aria-valuetext=${inWords(reading, show)}
      onFocus=${onFocus} onKeyDown=${onKeyDown} onBlur=${leave}></div>
    ${cursor && plot.current && html`<${Readout} reading=${reading} show=${show} position=${besideCursor(plot.current, cursor.at)} />`}
  </div>`
}

/** The distance between cursor and readout, in CSS pixels. */
const DISTANCE = 12

/** The position of the readout: on the side of the cursor with more room. */
function besideCursor({ over, valToPos, width }: uPlot, at: number): ReadoutPosition {
  const left = over.offsetLeft + valToPos(at, 'x')
  return left < width / 2
    ? { '--left': `${left + DISTANCE}px` }
    : { '--right': `${width - left + DISTANCE}px` }
}
