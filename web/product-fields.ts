import {
  FIELD_NAMES,
  isRequired,
  type ProductContent,
  type ProductField,
  type WrittenField,
} from '../schemas/product-fields.ts'
import { fromTagLine, toTagLine } from '../schemas/tag-rules.ts'
import { html } from './html.ts'

/** A field of the form. */
type FormField = ProductField | 'tags'

/** The fields of the form, in the order in which people see them. */
const FORM_FIELDS: readonly FormField[] = [...FIELD_NAMES, 'tags']

/** The fields of a product as typed; the tags are in one line. */
export type Typed = Record<FormField, string>

/** What the form can change of a product. */
export type FormContent = Omit<ProductContent, 'metadata'>

/** What people call each field. */
export const LABELS: Record<WrittenField, string> = {
  name: 'Name',
  description: 'Description',
  external_id: 'External id',
  tags: 'Tags',
  metadata: 'Metadata',
}

/** The number of lines of each input. */
const ROWS: Record<FormField, number> = { name: 1, description: 6, external_id: 1, tags: 1 }

/** How to fill in a field, where its label does not say. */
const HINTS: Partial<Record<FormField, string>> = { tags: 'Separate tags with commas.' }

/** The fields of a product, as they would be typed. */
export const toTyped = ({ name, description, external_id, tags }: FormContent): Typed => ({
  name,
  description,
  external_id: external_id ?? '',
  tags: toTagLine(tags),
})

/** The typed fields, as they are stored. */
export const toContent = ({ name, description, external_id, tags }: Typed): FormContent => ({
  name: name.trim(),
  description,
  external_id: external_id || null,
  tags: fromTagLine(tags),
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
  return FORM_FIELDS.map((name) => {
    const [label, rows, hint] = [LABELS[name], ROWS[name], HINTS[name]]
    const element = rows > 1 ? 'textarea' : 'input'
    const fault = faults[name]
    const differs = theirs !== undefined && theirs[name] !== typed[name]
    const described = [
      hint && `${name}-hint`,
      fault && `${name}-fault`,
      differs && `${name}-theirs`,
    ].filter(Boolean)
    return html`<div key=${name}>
      <label for=${name}>${differs ? `${label} (mine)` : label}</label>
      <${element} id=${name} rows=${rows > 1 ? rows : undefined} value=${typed[name]}
        aria-required=${name !== 'tags' && isRequired(name)} aria-invalid=${fault !== undefined}
        aria-describedby=${described.join(' ') || undefined}
        onInput=${(event: Event) => onType({ [name]: inputOf(event) })} />
      ${hint && html`<small id=${`${name}-hint`}>${hint}</small>`}
      ${fault && html`<p id=${`${name}-fault`} class="failure" role="alert">${fault}</p>`}
      ${differs && html`<${Theirs} id=${`${name}-theirs`} label=${label} text=${theirs[name]} />`}
    </div>`
  })
}
