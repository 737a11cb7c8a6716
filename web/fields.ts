import type { ComponentChildren } from 'preact'
import { html } from './html.ts'

/** The value of the input or the choice that an event is about. */
const textIn = (event: Event) => (event.currentTarget as HTMLInputElement | HTMLSelectElement).value

/** A label with an input, and what is wrong with it. */
export function TextField(props: {
  id: string
  label: ComponentChildren
  value: string
  fault?: string | undefined
  placeholder?: string
  /** Whether the text is a number. */
  numeric?: boolean
  /** Whether it searches. */
  search?: boolean
  onType: (value: string) => void
}) {
  const { id, label, value, fault, placeholder, numeric, search, onType } = props
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input id=${id} type=${search ? 'search' : undefined} value=${value} placeholder=${placeholder} inputmode=${numeric ? 'decimal' : undefined}
      autocomplete="off" aria-invalid=${fault !== undefined} aria-describedby=${fault && `${id}-fault`}
      onInput=${(event: Event) => onType(textIn(event))} />
    ${fault && html`<p id=${`${id}-fault`} class="failure" role="alert">${fault}</p>`}
  </div>`
}

/** A label with a choice, as pairs of value and name. A value that is none of them is added. */
export function ChoiceField(props: {
  id: string
  label: ComponentChildren
  value: string
  choices: [value: string, name: string][]
  /** The name of a value that is not among the choices. */
  nameOf?: (value: string) => string
  onChoose: (value: string) => void
}) {
  const { id, label, value, choices, nameOf = String, onChoose } = props
  const known = choices.some(([choice]) => choice === value)
  const all = known ? choices : [...choices, [value, nameOf(value)]]
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select id=${id} value=${value} onChange=${(event: Event) => onChoose(textIn(event))}>
      ${all.map(([choice, name]) => html`<option key=${choice} value=${choice}>${name}</option>`)}
    </select>
  </div>`
}
