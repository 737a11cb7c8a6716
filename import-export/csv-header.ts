import type { ProductField } from '../schemas/product-fields.ts'
import { csvCells, DELIMITERS, type Delimiter } from './csv.ts'
import { FileFault } from './fault.ts'
import { columnOf, FIELDS, type Mapping, placesOf } from './fields.ts'
import { isBlank, type Line } from './lines.ts'

/** A longer header has a quote that nothing closes. */
const LONGEST_HEADER = 64 * 1024

/** What Excel writes before a header, to say what divides the cells. */
const SEPARATOR = /^"?sep=(.)"?\s*$/i

/** What the first line of a CSV file says of the others. */
export interface Header {
  delimiter: Delimiter
  /** The names of all columns. */
  names: string[]
  /** The places of the columns that each field may mean; one, if all is well. */
  places: Map<ProductField, number[]>
}

function placesFor(field: ProductField, names: string[], mapping: Mapping): number[] {
  const column = columnOf(field, mapping)
  if (typeof column === 'string') return placesOf(column, names)
  return column !== null && column < names.length ? [column] : []
}

/** What the cells of a first line mean, if these are the columns that are looked for. */
function headerOf(delimiter: Delimiter, cells: string[], mapping: Mapping): Header {
  const names = cells.map((cell) => cell.trim())
  const places = FIELDS.map(({ name }): [ProductField, number[]] => [
    name,
    placesFor(name, names, mapping),
  ])
  return { delimiter, names, places: new Map(places) }
}

/** The fields that need a column: the required ones, and those that were given one. */
function wantedFields(mapping: Mapping): ProductField[] {
  return FIELDS.filter(({ name, required }) => required || mapping[name] != null).map(
    ({ name }) => name,
  )
}

async function firstFilled(lines: AsyncGenerator<Line, void>): Promise<string> {
  let line = await lines.next()
  while (line.value && isBlank(line.value)) line = await lines.next()
  if (!line.value) throw new FileFault('The file is empty: its first line has to name the columns')
  return line.value.text ?? ''
}

/** The delimiter that a line `sep=;` names; nothing where the line is another one. */
function delimiterNamed(line: string): Delimiter | undefined {
  const named = SEPARATOR.exec(line)?.[1]
  const delimiter = DELIMITERS.find((known) => known === named)
  if (named === undefined || delimiter) return delimiter
  throw new FileFault(`Cells divided by "${named}" cannot be read`)
}

/**
 * Reads up to the end of the header. Where the delimiter is neither named nor known, it is the one that
 * gives the wanted columns, or the most columns.
 */
export async function readHeader(
  lines: AsyncGenerator<Line, void>,
  mapping: Mapping,
  known?: Delimiter,
): Promise<Header> {
  let text = await firstFilled(lines)
  const named = delimiterNamed(text)
  if (named) text = await firstFilled(lines)
  const told = named ?? known
  const delimiters = told ? [told] : DELIMITERS
  for (;;) {
    const read = delimiters.map((delimiter) => ({ delimiter, cells: csvCells(text, delimiter) }))
    const headers = read
      .flatMap(({ delimiter, cells }) =>
        typeof cells === 'string' ? [] : [headerOf(delimiter, cells, mapping)],
      )
      .sort((a, b) => b.names.length - a.names.length)
    const isWanted = ({ places }: Header) =>
      wantedFields(mapping).every((field) => places.get(field)?.length)
    const wanted = headers.find(isWanted)
    if (wanted) return wanted
    const begun = read.some(({ cells }) => cells === 'begun') && text.length < LONGEST_HEADER
    const more = begun ? (await lines.next()).value : undefined
    if (more) text += more.text ?? ''
    else if (headers[0]) return headers[0]
    else throw new FileFault('The quotes in the first line, which names the columns, are wrong')
  }
}

/** What is wrong with the columns of a field; nothing where there is one, or need be none. */
function faultOf(field: ProductField, places: number, mapping: Mapping): string | undefined {
  const column = columnOf(field, mapping)
  if (places > 1) return `Several columns are called "${column}"`
  if (places === 1 || !wantedFields(mapping).includes(field)) return undefined
  if (column === null) return `The ${field} needs a column`
  return `There is no column ${typeof column === 'string' ? `"${column}"` : `#${column + 1}`}`
}

/** The column of each field that has one. Throws where a wanted one is not there, or there twice. */
export function columnsOf({ names, places }: Header, mapping: Mapping): Map<ProductField, number> {
  const columns = new Map<ProductField, number>()
  for (const [field, found] of places) {
    const fault = faultOf(field, found.length, mapping)
    if (fault !== undefined) {
      const listed = names.map((name, index) => `#${index + 1} "${name}"`).join(', ')
      throw new FileFault(`${fault}. The file has: ${listed}`, 'columns')
    }
    const [place] = found
    if (place !== undefined) columns.set(field, place)
  }
  return columns
}
