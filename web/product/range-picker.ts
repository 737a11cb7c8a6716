import { useEffect, useRef, useState } from 'preact/hooks'
import { html } from '../html.ts'
import { serverTime } from '../server-time.ts'
import { fromLocalInput, RANGES, type Range, type RangeName, toLocalInput } from './range.ts'

const LABELS: Record<RangeName, [short: string, long: string]> = {
  '1h': ['1 h', '1 hour'],
  '24h': ['24 h', '24 hours'],
  '7d': ['7 d', '7 days'],
  '30d': ['30 d', '30 days'],
  '1y': ['1 y', '1 year'],
  all: ['all', 'since the product was created'],
}
const NAMES = Object.keys(RANGES) as RangeName[]

/** The fields of a submitted form. */
function fieldsOf(event: SubmitEvent): FormData {
  return new FormData(event.currentTarget as HTMLFormElement)
}

/** The form for a custom range. It explains what is wrong with an invalid one, and follows a range set elsewhere. */
function CustomRange({
  range,
  onRange,
}: {
  range: Range & { name: 'custom' }
  onRange: (range: Range) => void
}) {
  const form = useRef<HTMLFormElement>(null)
  const [fault, setFault] = useState('')
  useEffect(() => {
    form.current?.reset() // An input that was typed into would keep that otherwise.
    setFault('')
  }, [range.from, range.to])
  function submit(event: SubmitEvent) {
    event.preventDefault()
    const fields = fieldsOf(event)
    const [from, to] = ['from', 'to'].map((name) => fromLocalInput(String(fields.get(name))))
    if (from === undefined) return setFault('Enter a start for the range.')
    if (from > (to ?? serverTime())) return setFault('The start must not be after the end.')
    setFault('')
    onRange({ name: 'custom', from, to })
  }
  const input = (name: string, value: number | undefined) =>
    html`<input type="datetime-local" name=${name} max="9999-12-31T23:59" required=${name === 'from'}
      defaultValue=${value === undefined ? '' : toLocalInput(value)}
      aria-describedby=${fault ? 'range-fault' : undefined} />`
  return html`<form ref=${form} class="custom-range" onSubmit=${submit}>
    <label>From ${input('from', range.from)}</label>
    <label>To ${input('to', range.to)}</label>
    <button>Show</button>
    <small>Leave the end empty to follow the present.</small>
    <p id="range-fault" class="failure" role="alert">${fault}</p>
  </form>`
}

/** Chooses the range. A custom range starts out as the one that is shown. */
export function RangePicker(props: {
  range: Range
  /** The window that is shown; undefined before the first data. */
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
