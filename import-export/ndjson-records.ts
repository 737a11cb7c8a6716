import { columnOf, FIELDS, type Mapping, type ProductInput, placesOf } from './fields.ts'
import type { Line } from './lines.ts'
import { type FileRecord, TOO_LONG } from './record.ts'

/** The properties of the object that a line holds; undefined where it holds something else. */
export function propertiesOf(text: string): Map<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value && !Array.isArray(value)
    return isObject ? new Map(Object.entries(value)) : undefined
  } catch {
    return undefined
  }
}

/** What the properties of an object say of a product, and which of them say nothing of it. */
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
    // Shops write null for what they do not know.
    input[name] = value === null && !required ? undefined : value
  }
  return { input, ignored: names.filter((name) => !read.has(name)) }
}

/** The required property that a file was said to have and an object does not have. */
function missing(input: ProductInput, mapping: Mapping): string | undefined {
  const field = FIELDS.find(
    ({ name, required }) => required && mapping[name] && input[name] === undefined,
  )
  return field && String(mapping[field.name])
}

/** The products of NDJSON, an object a line; blank lines count for nothing. */
export async function* ndjsonRecords(
  lines: AsyncIterable<Line>,
  mapping: Mapping,
  onIgnored: (names: string[]) => void,
): AsyncGenerator<FileRecord> {
  let told = false
  for await (const { number, text, bytes } of lines) {
    if (text?.trim() === '') continue
    const place = { line: number, nextLine: number + 1, bytes }
    const properties = text === undefined ? undefined : propertiesOf(text)
    if (!properties) {
      yield { ...place, error: text === undefined ? TOO_LONG : 'It is not a JSON object' }
      continue
    }
    const { input, ignored } = inputOf(properties, mapping)
    if (!told && ignored.length > 0) onIgnored(ignored)
    told ||= ignored.length > 0
    const absent = missing(input, mapping)
    if (absent === undefined) yield { ...place, input }
    else yield { ...place, error: `It has no property "${absent}"` }
  }
}
