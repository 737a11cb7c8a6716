import { useEffect, useState } from 'preact/hooks'
import { ChoiceField, TextField } from './fields.ts'
import { html } from './html.ts'
import { faultsOf, type TypedFilters, toFilters, toTyped } from './mover-filters.ts'

const LOWS: [value: string, name: string][] = [
  ['', 'any'],
  ['30d', 'at its 30-day low'],
  ['90d', 'at its 90-day low'],
  ['365d', 'at its 1-year low'],
  ['all', 'at its all-time low'],
]

/** The form for the filters of the movers. It starts out open if there are any, and shows those of the address. */
export function MoverForm(props: {
  filters: URLSearchParams
  onFilters: (filters: URLSearchParams) => void
}) {
  const { filters, onFilters } = props
  const number = new Set(filters.keys()).size
  const [startsOpen] = useState(number > 0)
  const [typed, setTyped] = useState(() => toTyped(filters))
  const [tried, setTried] = useState(false)
  useEffect(() => setTyped(toTyped(filters)), [filters.toString()])
  const faults = tried ? faultsOf(typed) : {}
  function submit(event: SubmitEvent) {
    event.preventDefault()
    setTried(true)
    const [wrong] = Object.keys(faultsOf(typed))
    if (wrong) document.getElementById(`mover-${wrong}`)?.focus()
    else onFilters(toFilters(typed))
  }
  function clear() {
    const none = new URLSearchParams()
    setTyped(toTyped(none))
    onFilters(none)
  }
  const field = (name: keyof TypedFilters, label: string, numeric = true) =>
    html`<${TextField} id=${`mover-${name}`} label=${label} value=${typed[name]} fault=${faults[name]}
      numeric=${numeric} onType=${(text: string) => setTyped({ ...typed, [name]: text })} />`
  return html`<details class="mover-filters" open=${startsOpen}>
    <summary>Filters${number > 0 && ` (${number})`}</summary>
    <form novalidate onSubmit=${submit}>
      <div class="together">
        ${field('min_percent', 'Moved by percent')}
        ${field('min_absolute', 'Moved by price')}
        ${field('price_min', 'Price from')}
        ${field('price_max', 'Price to')}
        ${field('tag', 'With all tags', false)}
        <${ChoiceField} id="mover-at_low" label="Price now" value=${typed.at_low} choices=${LOWS}
          onChoose=${(low: string) => setTyped({ ...typed, at_low: low })} />
      </div>
      <div class="buttons">
        <button type="button" class="plain" onClick=${clear}>Clear</button>
        <button>Apply</button>
      </div>
    </form>
  </details>`
}
