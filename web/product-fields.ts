import {
  FIELD_NAMES,
  isRequired,
  type ProductField,
  type ProductTexts,
  type WrittenField,
} from '../schemas/product-fields.ts'
import { html } from './html.ts'

/** The fields of a product as typed. */
export type Typed = Record<ProductField, string>

/** What people call each field. */
export const LABELS: Record<WrittenField, string> = {
  name: 'Name',
  description: 'Description',
  external_id: 'External id',
  tags: 'Tags',
  metadata: 'Metadata',
}

/** The number of lines of each input. */
const ROWS: Record<ProductField, number> = { name: 1, description: 6, external_id: 1 }

/** The fields of a product, as they would be typed. */
export const toTyped = ({ name, description, external_id }: ProductTexts): Typed => ({
  name,
  description,
  external_id: external_id ?? '',
})

/** The typed fields, as they are stored. */
export const toTexts = ({ name, description, external_id }: Typed): ProductTexts => ({
  name: name.trim(),
  description,
  external_id: external_id || null,
})

const inputOf = (event: Event) => (event.currentTarget as HTMLInputElement).value

/** A field in someone else's version. */
function Theirs({ id, label, text }: { id: string; label: string; text: string }) {
  return html`<div class="theirs">
    <strong>${label} (theirs)</strong>
    <div id=${id} class="wrap" tabindex="0" role="region" aria-label=${`${label} (theirs)`}>
      ${text || html`<span class="none">empty</span>`}
    </div>
  </div>`
}

/**
 * The inputs of a product, each with its fault, and with someone else's version if that differs. They have no
 * `maxlength`, which counts an emoji as two characters and truncates pasted text without notice.
 */
export function ProductFields(props: {
  typed: Typed
  faults: Partial<Typed>
  theirs: Typed | undefined
  onType: (change: Partial<Typed>) => void
}) {
  const { typed, faults, theirs, onType } = props
  return FIELD_NAMES.map((name) => {
    const [label, rows] = [LABELS[name], ROWS[name]]
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
