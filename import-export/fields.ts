import {
  absentValue,
  FIELD_NAMES,
  isRequired,
  type ProductContent,
  type WrittenField,
} from '../schemas/product-fields.ts'
import { fromTagLine, toTagLine } from '../schemas/tag-rules.ts'

/** A field of a product that a file can contain. */
interface FileField {
  name: WrittenField
  required: boolean
  /** Writes it in a cell of CSV, and reads it; what cannot be read stays as it is, for the API to refuse. */
  toCell(product: ProductContent): string | null
  fromCell(cell: string): unknown
}

const isBlank = (cell: string) => cell.trim() === ''

/** A text; CSV has no other way to say that there is none. */
const textField = (name: (typeof FIELD_NAMES)[number]): FileField => ({
  name,
  required: isRequired(name),
  toCell: (product) => product[name],
  fromCell: (cell) => (absentValue(name) === null && isBlank(cell) ? undefined : cell),
})

function metadataFrom(cell: string): unknown {
  if (isBlank(cell)) return {}
  try {
    return JSON.parse(cell)
  } catch {
    return cell
  }
}

/** The fields of a product that a file can contain. */
export const FIELDS: FileField[] = [
  ...FIELD_NAMES.map(textField),
  {
    name: 'tags',
    required: false,
    toCell: ({ tags }) => toTagLine(tags),
    fromCell: fromTagLine,
  },
  {
    name: 'metadata',
    required: false,
    toCell: ({ metadata }) => (Object.keys(metadata).length > 0 ? JSON.stringify(metadata) : ''),
    fromCell: metadataFrom,
  },
]

/** A record to send. The API validates it. */
export type ProductInput = Partial<Record<WrittenField, unknown>>

/** A column by its name, or by its position from 0; null for a field that is not read. */
export type Column = string | number | null

/** The columns of fields. A field that is omitted uses the column of its own name, if there is one. */
export type Mapping = Partial<Record<WrittenField, Column>>

/** The column of a field; by default the one with the field's name. */
export function columnOf(field: WrittenField, mapping: Mapping): Column {
  const column = mapping[field]
  return column === undefined ? field : column
}

/** Column names that look the same to people are equal. */
const folded = (name: string) => name.trim().normalize('NFC').toLowerCase()

/** The positions at which a name occurs: exact matches if there are any, or else matches that ignore case. */
export function placesOf(name: string, names: readonly string[]): number[] {
  const places = [...names.keys()]
  const exact = places.filter((place) => names[place]?.trim() === name.trim())
  if (exact.length > 0) return exact
  return places.filter((place) => folded(String(names[place])) === folded(name))
}
