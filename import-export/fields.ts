import {
  absentValue,
  FIELD_NAMES,
  isRequired,
  type ProductField,
} from '../schemas/product-fields.ts'

/** The fields of a product that a file can contain. */
export const FIELDS = FIELD_NAMES.map((name) => ({
  name,
  required: isRequired(name),
  nullable: absentValue(name) === null,
}))

/** A record to send. The API validates it. */
export type ProductInput = Partial<Record<ProductField, unknown>>

/** A column by its name, or by its position from 0; null for a field that is not read. */
export type Column = string | number | null

/** The columns of fields. A field that is omitted uses the column of its own name, if there is one. */
export type Mapping = Partial<Record<ProductField, Column>>

/** The column of a field; by default the one with the field's name. */
export function columnOf(field: ProductField, mapping: Mapping): Column {
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
