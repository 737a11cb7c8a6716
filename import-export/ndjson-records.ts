import { columnOf, FIELDS, type Mapping, type ProductInput, placesOf } from './fields.ts'
import type { Line } from './lines.ts'
import { type FileRecord, TOO_LONG } from './record.ts'

/** The properties of the JSON object in a line; undefined if the line holds anything else. */
export function propertiesOf(text: string): Map<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value && !Array.isArray(value)
    return isObject ? new Map(Object.entries(value)) : undefined
  } catch {
    return undefined
  }
}

/** The fields of a product in an object, and the properties that are ignored. */
function inputOf(properties: Map<string, unknown>, mapping: Mapping) {
  const names = [...properties.keys()]
  const input: ProductInput = {}
  const read = new Set<string>()
  for (const { name, required } of FIELDS) {
    const column = columnOf(name, mapping)
    const [place = -1] = typeof column === 'string' ? placesOf(column, names) : []
    const property = names[place]
    if (property !== undefined) read.add(property)
    const value = property === undefined ? undefined : properties.get(property)
    // Shops write null for unknown values.
    input[name] = value === null && !required ? undefined : value
  }
  return { input, ignored: names.filter((name) => !read.has(name)) }
}

/** The mapped property of a required field that an object lacks. */
function missing(input: ProductInput, mapping: Mapping): string | undefined {
  const field = FIELDS.find(
    ({ name, required }) => required && mapping[name] && input[name] === undefined,
  )
  return field && String(mapping[field.name])
}

/** Reads products from NDJSON, one object per line. Blank lines are skipped. */
export async function* ndjsonRecords(
  lines: AsyncIterable<Line>,
  mapping: Mapping,
  onIgnored: (names: string[]) => void,
): AsyncGenerator<FileRecord> {
  let reported = false
  for await (const { number, text, bytes } of lines) {
    if (text?.trim() === '') continue
    const place = { line: number, nextLine: number + 1, bytes }
    const properties = text === undefined ? undefined : propertiesOf(text)
    if (!properties) {
      yield { ...place, error: text === undefined ? TOO_LONG : 'This line is not a JSON object' }
      continue
    }
    const { input, ignored } = inputOf(properties, mapping)
    if (!reported && ignored.length > 0) onIgnored(ignored)
    reported ||= ignored.length > 0
    const absent = missing(input, mapping)
    if (absent === undefined) yield { ...place, input }
    else yield { ...place, error: `This object has no property "${absent}"` }
  }
}
