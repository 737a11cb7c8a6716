import { csvCells, DELIMITERS, type Delimiter } from './csv.ts'
import type { Line } from './lines.ts'
import type { FileRecord, Place } from './records.ts'

/** A longer record has a quote that nothing closes, and is not to fill the memory. */
const LONGEST_RECORD = 1024 * 1024

const MALFORMED =
  'Its quotes are wrong: a cell with a quote is put in quotes, with that quote doubled'

const isBlank = (line: string) => /^\r?\n?$/.test(line)

/** What the header line of a file says of the lines behind it; -1 is a column that is not there. */
interface Header {
  delimiter: Delimiter
  columns: number
  name: number
  description: number
  ignored: string[]
}

function headerOf(line: string): Header {
  for (const delimiter of DELIMITERS) {
    const cells = csvCells(line, delimiter)
    if (typeof cells === 'string') continue
    const names = cells.map((cell) => cell.trim().toLowerCase())
    const [name, description] = [names.indexOf('name'), names.indexOf('description')]
    if (name < 0) continue
    const ignored = cells.filter((_, index) => index !== name && index !== description)
    return { delimiter, columns: cells.length, name, description, ignored }
  }
  throw new Error('The first line of the file has to name its columns, with "name" among them')
}

async function readHeader(lines: AsyncGenerator<Line, void>): Promise<Header> {
  let line = await lines.next()
  while (line.value && isBlank(line.value.text)) line = await lines.next()
  return headerOf(line.value?.text ?? '')
}

type Cells = ReturnType<typeof csvCells>

/** Puts the lines together over which a cell in quotes runs. What is malformed ends with its line. */
async function* framed(
  lines: AsyncIterable<Line>,
  delimiter: Delimiter,
): AsyncGenerator<[place: Place, cells: Cells]> {
  let begun: { place: Place; text: string } | undefined
  for await (const { number, text, bytes } of lines) {
    if (!begun && isBlank(text)) continue
    const place = { line: begun?.place.line ?? number, nextLine: number + 1, bytes }
    const whole: string = begun ? begun.text + text : text
    // Of what came before, only this matters here: it ended within quotes.
    const cells = csvCells(begun ? `"${text}` : text, delimiter)
    if (cells === 'begun' && whole.length <= LONGEST_RECORD) {
      begun = { place, text: whole }
      continue
    }
    yield [place, begun ? csvCells(whole, delimiter) : cells]
    begun = undefined
  }
  if (begun) yield [begun.place, 'begun']
}

function recordOf(place: Place, cells: Cells, header: Header): FileRecord {
  const { columns, name, description } = header
  const last = place.nextLine - 1
  const lines = last > place.line ? `; it was taken to end with line ${last}` : ''
  if (cells === 'malformed') return { ...place, error: MALFORMED + lines }
  if (cells === 'begun') return { ...place, error: `It has a quote that nothing closes${lines}` }
  const withoutDescription = cells.length === columns - 1 && description === columns - 1
  if (cells.length !== columns && !withoutDescription) {
    const error = `It has the wrong number of cells, ${cells.length} instead of ${columns}`
    return { ...place, error }
  }
  return { ...place, input: { name: cells[name], description: cells[description] } }
}

/**
 * The products of CSV (RFC 4180) with a header line, whose columns `name` and, where there is one,
 * `description` are read; the header also tells what divides the cells. Empty lines count for nothing.
 */
export async function* csvRecords(
  lines: AsyncGenerator<Line, void>,
  onIgnored: (names: string[]) => void,
): AsyncGenerator<FileRecord> {
  const header = await readHeader(lines)
  if (header.ignored.length > 0) onIgnored(header.ignored)
  for await (const [place, cells] of framed(lines, header.delimiter)) {
    yield recordOf(place, cells, header)
  }
}
