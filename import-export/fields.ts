import { FIELD_NAMES, isRequired, type ProductField } from '../schemas/product-fields.ts'

/** What a file can say of a product. */
export const FIELDS = FIELD_NAMES.map((name) => ({ name, required: isRequired(name) }))

/** A record as it is sent; whether it is a product is for the API to say. */
export type ProductInput = Partial<Record<ProductField, unknown>>

/** A column by its name or by its place from 0; null for a field that is not to be read. */
export type Column = string | number | null

/** The columns of fields; a field that it leaves out has the column of its own name, if there is one. */
export type Mapping = Partial<Record<ProductField, Column>>

/** What the column of a field is called, where it goes by a name. */
export function columnOf(field: ProductField, mapping: Mapping): Column {
  const column = mapping[field]
  return column === undefined ? field : column
}

/** Names of columns that read the same to people are the same. */
const folded = (name: string) => name.trim().normalize('NFC').toLowerCase()

/** The places at which a name stands among others: exactly so where it does, else without regard to case. */
export function placesOf(name: string, names: readonly string[]): number[] {
  const places = [...names.keys()]
  const exact = places.filter((place) => names[place]?.trim() === name.trim())
  if (exact.length > 0) return exact
  return places.filter((place) => folded(String(names[place])) === folded(name))
}
