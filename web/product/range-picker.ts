import { useState } from 'preact/hooks'
import { html } from '../html.ts'
import { serverTime } from '../server-time.ts'
import { fromLocalInput, RANGES, type Range, type RangeName, toLocalInput } from './range.ts'

const LABELS: Record<RangeName, [short: string, long: string]> = {
  '1h': ['1 h', '1 hour'],
  '24h': ['24 h', '24 hours'],
  '7d': ['7 d', '7 days'],
  '30d': ['30 d', '30 days'],
  '1y': ['1 y', '1 year'],
}
const NAMES = Object.keys(RANGES) as RangeName[]

/** The fields of a form by their names. */
function fieldsOf(event: SubmitEvent): FormData {
  return new FormData(event.currentTarget as HTMLFormElement)
}

/** Where a custom range is entered; an invalid one is explained and goes nowhere. */
function CustomRange({
  range,
  onRange,
}: {
  range: Range & { name: 'custom' }
  onRange: (range: Range) => void
}) {
  const [fault, setFault] = useState('')
  function submit(event: SubmitEvent) {
    event.preventDefault()
    const fields = fieldsOf(event)
    const [from, to] = ['from', 'to'].map((name) => fromLocalInput(String(fields.get(name))))
    if (from === undefined) return setFault('Enter when the range begins.')
    if (from > (to ?? serverTime())) return setFault('The beginning is after the end.')
    setFault('')
    onRange({ name: 'custom', from, to })
  }
  const input = (name: string, value: number | undefined) =>
    html`<input type="datetime-local" name=${name} max="9999-12-31T23:59" required=${name === 'from'}
      defaultValue=${value === undefined ? '' : toLocalInput(value)}
      aria-describedby=${fault ? 'range-fault' : undefined} />`
  return html`<form class="custom-range" onSubmit=${submit}>
    <label>From ${input('from', range.from)}</label>
    <label>To ${input('to', range.to)}</label>
    <button>Show</button>
    <small>Without an end it goes on with the present.</small>
    <p id="range-fault" class="failure" role="alert">${fault}</p>
  </form>`
}

/** Chooses the range; a custom one starts as what is shown now. */
export function RangePicker(props: {
  range: Range
  /** What is shown; undefined before anything is. */
  shown: { from: number; to: number } | undefined
  onRange: (range: Range) => void
}) {
  const { range, shown, onRange } = props
  const { from, to } = shown ?? { from: serverTime() - RANGES['24h'], to: undefined }
  const option = (value: Range['name'], label: unknown, wanted: Range) => html`<label>
    <input type="radio" name="range" value=${value} checked=${range.name === value}
      onChange=${() => onRange(wanted)} />${label}</label>`
  return html`
    <fieldset class="choice">
      <legend>Range</legend>
      ${NAMES.map((name) => {
        const [short, long] = LABELS[name]
        return option(name, html`<abbr title=${long}>${short}</abbr>`, { name })
      })}
      ${option('custom', 'Custom', { name: 'custom', from, to })}
    </fieldset>
    ${range.name === 'custom' && html`<${CustomRange} range=${range} onRange=${onRange} />`}`
}
