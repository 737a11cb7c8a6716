import {
  FIELD_NAMES,
  isRequired,
  type ProductContent,
  WRITTEN_FIELDS,
  type WrittenField,
} from '../schemas/product-fields.ts'
import { fromTagLine, toTagLine } from '../schemas/tag-rules.ts'
import { html } from './html.ts'
import { Theirs } from './meanwhile.ts'
import { fromMetadataLines, toMetadataLines } from './metadata-lines.ts'

/** The fields of a product as typed: the tags in one line, the metadata in lines. */
export type Typed = Record<WrittenField, string>

/** What people call each field. */
export const LABELS: Record<WrittenField, string> = {
  name: 'Name',
  description: 'Description',
  external_id: 'External id',
  tags: 'Tags',
  metadata: 'Metadata',
}

/** The number of lines of each input. */
const ROWS: Record<WrittenField, number> = {
  name: 1,
  description: 6,
  external_id: 1,
  tags: 1,
  metadata: 3,
}

const REQUIRED: readonly WrittenField[] = FIELD_NAMES.filter(isRequired)

/** How to fill in a field, where its label does not say. */
const HINTS: Partial<Record<WrittenField, string>> = {
  tags: 'Separate tags with commas.',
  metadata: 'Your own data, an entry in each line: “colour: green”.',
}

/** The fields of a product, as they would be typed. */
export const toTyped = (content: ProductContent): Typed => ({
  name: content.name,
  description: content.description,
  external_id: content.external_id ?? '',
  tags: toTagLine(content.tags),
  metadata: toMetadataLines(content.metadata),
})

/** The typed fields, as they are stored. */
export const toContent = (typed: Typed): ProductContent => ({
  name: typed.name.trim(),
  description: typed.description,
  external_id: typed.external_id || null,
  tags: fromTagLine(typed.tags),
  metadata: fromMetadataLines(typed.metadata),
})

const inputOf = (event: Event) => (event.currentTarget as HTMLInputElement).value

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
  return WRITTEN_FIELDS.map((name) => {
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
        aria-required=${REQUIRED.includes(name)} aria-invalid=${fault !== undefined}
        aria-describedby=${described.join(' ') || undefined}
        onInput=${(event: Event) => onType({ [name]: inputOf(event) })} />
      ${hint && html`<small id=${`${name}-hint`}>${hint}</small>`}
      ${fault && html`<p id=${`${name}-fault`} class="failure" role="alert">${fault}</p>`}
      ${differs && html`<${Theirs} id=${`${name}-theirs`} label=${label} text=${theirs[name]} />`}
    </div>`
  })
}
