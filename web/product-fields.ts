import {
  FIELD_NAMES,
  isRequired,
  type ProductField,
  type ProductTexts,
} from '../schemas/product-fields.ts'
import { html } from './html.ts'

/** What a person typed of a product. */
export type Typed = Record<ProductField, string>

/** What people call the fields of a product, and how many lines they can type into each. */
export const INPUTS: Record<ProductField, { label: string; rows: number }> = {
  name: { label: 'Name', rows: 1 },
  description: { label: 'Description', rows: 6 },
  external_id: { label: 'External id', rows: 1 },
}

/** A product as a person can type it. */
export const toTyped = ({ name, description, external_id }: ProductTexts): Typed => ({
  name,
  description,
  external_id: external_id ?? '',
})

/** What was typed as it is stored. */
export const toTexts = ({ name, description, external_id }: Typed): ProductTexts => ({
  name: name.trim(),
  description,
  external_id: external_id || null,
})

const inputOf = (event: Event) => (event.currentTarget as HTMLInputElement).value

/** What stands in a field of the version of someone else. */
function Theirs({ id, label, text }: { id: string; label: string; text: string }) {
  return html`<div class="theirs">
    <strong>${label} (theirs)</strong>
    <div id=${id} class="wrap" tabindex="0" role="region" aria-label=${`${label} (theirs)`}>
      ${text || html`<span class="none">empty</span>`}
    </div>
  </div>`
}

/**
 * The inputs of a product, each with what is wrong with it, and with what someone else wrote there where
 * that differs. They have no `maxlength`: it counts the two halves of an emoji, and cuts off what is pasted
 * without a word.
 */
export function ProductFields(props: {
  typed: Typed
  faults: Partial<Typed>
  theirs: Typed | undefined
  onType: (change: Partial<Typed>) => void
}) {
  const { typed, faults, theirs, onType } = props
  return FIELD_NAMES.map((name) => {
    const { label, rows } = INPUTS[name]
    const element = rows > 1 ? 'textarea' : 'input'
    const fault = faults[name]
    const differs = theirs !== undefined && theirs[name] !== typed[name]
    const described = [fault && `${name}-fault`, differs && `${name}-theirs`].filter(Boolean)
    return html`<div key=${name}>
      <label for=${name}>${differs ? `${label} (mine)` : label}</label>
      <${element} id=${name} rows=${rows > 1 ? rows : undefined} value=${typed[name]}
        aria-required=${isRequired(name)} aria-invalid=${fault !== undefined}
        aria-describedby=${described.join(' ') || undefined}
        onInput=${(event: Event) => onType({ [name]: inputOf(event) })} />
      ${fault && html`<p id=${`${name}-fault`} class="failure" role="alert">${fault}</p>`}
      ${differs && html`<${Theirs} id=${`${name}-theirs`} label=${label} text=${theirs[name]} />`}
    </div>`
  })
}
