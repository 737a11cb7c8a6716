import type { WrittenField } from '../schemas/product-fields.ts'
import { csvCells, DELIMITERS, type Delimiter } from './csv.ts'
import { FileFault } from './fault.ts'
import { columnOf, FIELDS, type Mapping, placesOf } from './fields.ts'
import { isBlank, type Line } from './lines.ts'

/** A longer header must have an unclosed quote. */
const MAX_HEADER_LENGTH = 64 * 1024

/** The line that Excel writes before the header to name the delimiter. */
const SEPARATOR = /^"?sep=(.)"?\s*$/i

/** What the header says about the rows of a CSV file. */
export interface Header {
  delimiter: Delimiter
  /** The names of all columns. */
  names: string[]
  /** The positions of the columns that match each field; there should be one. */
  places: Map<WrittenField, number[]>
}

function placesFor(field: WrittenField, names: string[], mapping: Mapping): number[] {
  const column = columnOf(field, mapping)
  if (typeof column === 'string') return placesOf(column, names)
  return column !== null && column < names.length ? [column] : []
}

/** Interprets the cells of the header line. */
function headerOf(delimiter: Delimiter, cells: string[], mapping: Mapping): Header {
  const names = cells.map((cell) => cell.trim())
  const places = FIELDS.map(({ name }): [WrittenField, number[]] => [
    name,
    placesFor(name, names, mapping),
  ])
  return { delimiter, names, places: new Map(places) }
}

/** The fields that need a column: the required ones, and those that the mapping gives one. */
function wantedFields(mapping: Mapping): WrittenField[] {
  return FIELDS.filter(({ name, required }) => required || mapping[name] != null).map(
    ({ name }) => name,
  )
}

async function firstFilled(lines: AsyncGenerator<Line, void>): Promise<string> {
  let line = await lines.next()
  while (line.value && isBlank(line.value)) line = await lines.next()
  if (!line.value) throw new FileFault('The file is empty: its first line must name the columns')
  return line.value.text ?? ''
}

/** The delimiter that a line such as `sep=;` names; undefined for any other line. */
function delimiterNamed(line: string): Delimiter | undefined {
  const named = SEPARATOR.exec(line)?.[1]
  const delimiter = DELIMITERS.find((known) => known === named)
  if (named === undefined || delimiter) return delimiter
  throw new FileFault(`The delimiter "${named}" is not supported; use a comma, ";", "|" or a tab`)
}

/**
 * Reads up to the end of the header. If no delimiter is named or known, it chooses the one that yields the
 * wanted columns, or else the most columns.
 */
export async function readHeader(
  lines: AsyncGenerator<Line, void>,
  mapping: Mapping,
  known?: Delimiter,
): Promise<Header> {
  let text = await firstFilled(lines)
  const named = delimiterNamed(text)
  if (named) text = await firstFilled(lines)
  const given = named ?? known
  const delimiters = given ? [given] : DELIMITERS
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
    const isOpen = read.some(({ cells }) => cells === 'open') && text.length < MAX_HEADER_LENGTH
    const more = isOpen ? (await lines.next()).value : undefined
    if (more) text += more.text ?? ''
    else if (headers[0]) return headers[0]
    else throw new FileFault('The quotes in the header line are wrong: close each one')
  }
}

/** The fault of a field's columns; undefined if there is exactly one, or if the field needs none. */
function faultOf(field: WrittenField, places: number, mapping: Mapping): string | undefined {
  const column = columnOf(field, mapping)
  if (places > 1) return `Several columns are called "${column}"`
  if (places === 1 || !wantedFields(mapping).includes(field)) return undefined
  if (column === null) return `The ${field} needs a column`
  return `There is no column ${typeof column === 'string' ? `"${column}"` : `#${column + 1}`}`
}

/** The column of each field that has one. Throws if a wanted column is missing or ambiguous. */
export function columnsOf({ names, places }: Header, mapping: Mapping): Map<WrittenField, number> {
  const columns = new Map<WrittenField, number>()
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
