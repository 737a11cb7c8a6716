/**
 * The text fields of a product that clients write. Schemas, statements, files and the page derive from this list.
 * Where a field needs more than that, the compiler complains until the field is handled. Tags and metadata, which are
 * no texts, follow them.
 */
import { lengthFault, NAME_MAX, TEXT_RULES, type TextRule } from './text-rules.ts'

interface TextField {
  rule: TextRule
  /** The maximum length in characters; for a name, after trimming. */
  max: number
  /** The value of a field that a client omits; a field without one is required. */
  absent?: '' | null
}

export const PRODUCT_FIELDS = {
  name: { rule: 'name', max: NAME_MAX },
  description: { rule: 'text', max: 10_000, absent: '' },
  external_id: { rule: 'key', max: 255, absent: null },
} as const satisfies Record<string, TextField>

export type ProductField = keyof typeof PRODUCT_FIELDS

/** The text fields of a product, as they are stored and shown. */
export type ProductTexts = {
  [Field in ProductField]: (typeof PRODUCT_FIELDS)[Field] extends { absent: null }
    ? string | null
    : string
}

/** The texts that are searched, in the order in which they are indexed. */
export const SEARCHED_FIELDS = ['name', 'description'] as const satisfies ProductField[]

/** What clients write of a product. */
export type ProductContent = ProductTexts & { tags: string[]; metadata: Record<string, string> }

export type WrittenField = keyof ProductContent

function namesOf<Fields extends object>(fields: Fields): Extract<keyof Fields, string>[] {
  const names: Extract<keyof Fields, string>[] = []
  for (const name in fields) names.push(name)
  return names
}

/** The names of the fields, in the order in which people see them. */
export const FIELD_NAMES = namesOf(PRODUCT_FIELDS)

/** The names of all that clients write. */
export const WRITTEN_FIELDS = [...FIELD_NAMES, 'tags', 'metadata'] as const satisfies WrittenField[]

/** The value of a field that a client omits; undefined for a required field. */
export function absentValue(field: ProductField): '' | null | undefined {
  const { absent }: TextField = PRODUCT_FIELDS[field]
  return absent
}

export const isRequired = (field: ProductField) => absentValue(field) === undefined

/** Only the text fields of a product. */
export const textsOf = ({ name, description, external_id }: ProductTexts): ProductTexts => ({
  name,
  description,
  external_id,
})

/** Only what clients write of a product. */
export const contentOf = ({ tags, metadata, ...texts }: ProductContent): ProductContent => ({
  ...textsOf(texts),
  tags,
  metadata,
})

/** The text fields of a new product, with defaults for those that the client omitted. */
export const completeTexts = ({
  name,
  description = PRODUCT_FIELDS.description.absent,
  external_id = PRODUCT_FIELDS.external_id.absent,
}: Pick<ProductTexts, 'name'> & Partial<ProductTexts>): ProductTexts => ({
  name,
  description,
  external_id,
})

/** The fault of each invalid field in a form; valid fields are omitted. */
export function productFaults(
  typed: Record<ProductField, string>,
): Partial<Record<ProductField, string>> {
  const faults: Partial<Record<ProductField, string>> = {}
  for (const field of FIELD_NAMES) {
    const { rule, max } = PRODUCT_FIELDS[field]
    if (typed[field] === '' && !isRequired(field)) continue
    const subject = `The ${field.replaceAll('_', ' ')}`
    const text = rule === 'name' ? typed[field].trim() : typed[field]
    const fault = TEXT_RULES[rule](text, subject) ?? lengthFault(text, max, subject)
    if (fault !== undefined) faults[field] = fault
  }
  return faults
}
