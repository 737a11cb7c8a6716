import { csvCells, type Delimiter } from './csv.ts'
import type { Line } from './lines.ts'
import { type RecordPlace, TOO_LONG } from './record.ts'

/** A longer record must have an unclosed quote. The limit bounds the memory that it takes. */
const MAX_RECORD_LENGTH = 1024 * 1024

/** From this many lines on, quoted lines that all look like rows are treated as rows. */
const MANY_ROWS = 20

const MALFORMED_QUOTES =
  'The quotes in this row are wrong: put a cell that contains a quote in quotes, and double that quote'
const UNCLOSED_QUOTE = 'This row has a quote that is not closed'

/** The expected shape of the rows of a file. */
export interface Shape {
  delimiter: Delimiter
  /** The number of columns. */
  columns: number
  /** The minimum number of cells in a row. */
  needed: number
}

/** A row of a file: its cells, or its fault. */
export type CsvRow = RecordPlace & ({ cells: string[] } | { error: string })

/** The lines that quotes join into one record, and its cells. */
interface Block {
  lines: Line[]
  last: Line
  cells: ReturnType<typeof csvCells>
}

const areBlank = (cells: string[]) => cells.every((cell) => cell.trim() === '')

/** Whether a row has no content. In a file with one column, programs write `""` for an empty cell. */
const isBlank = (cells: string[], text: string) =>
  areBlank(cells) && (cells.length > 1 || !text.includes('"'))

/** The first line, with the following lines over which a quoted cell continues. */
async function readBlock(
  first: Line & { text: string },
  next: () => Promise<Line | undefined>,
  delimiter: Delimiter,
): Promise<Block> {
  const lines: Line[] = [first]
  let last: Line = first
  let { text } = first
  let cells = csvCells(text, delimiter)
  while (cells === 'open' && text.length <= MAX_RECORD_LENGTH) {
    const line = await next()
    if (!line) break
    lines.push(line)
    last = line
    if (line.text === undefined) break
    text += line.text
    // All that matters about the earlier lines here is that they ended within quotes.
    if (csvCells(`"${line.text}`, delimiter) !== 'open') cells = csvCells(text, delimiter)
  }
  return { lines, last, cells }
}

/**
 * Whether quotes join many lines that would each be a row if the first and the last quote were ordinary
 * characters. A genuine quoted text hardly ever looks like that.
 */
function looksLikeRows({ lines }: Block, { delimiter, columns }: Shape): boolean {
  if (columns === 1 || lines.length < MANY_ROWS) return false
  const cellsOf = (text: string): string[] => {
    const cells = csvCells(text, delimiter)
    return typeof cells === 'string' ? [] : cells
  }
  const pieces = (text: string | undefined) => String(text).split(delimiter).length
  const [opening, ...between] = lines.map(({ text }) => String(text))
  const before = cellsOf(`${opening}"`)
  const after = cellsOf(`"${between.pop()}`)
  return (
    before.length - 1 + pieces(before.at(-1)) === columns &&
    after.length - 1 + pieces(after[0]) === columns &&
    between.map(cellsOf).every((cells) => cells.length === columns)
  )
}

/** Whether the quote that closes a record over several lines looks like the opening quote of another cell. */
function endsWithOpening({ last }: Block, delimiter: Delimiter): boolean {
  return String(last.text).trimEnd().endsWith(`${delimiter}"`)
}

/** The cells of a block if it is one row, or else its fault. */
function rowOf(block: Block, shape: Shape): { cells: string[] } | { error: string } {
  const { lines, last, cells } = block
  const { columns, needed, delimiter } = shape
  const isMultiline = lines.length > 1
  if (cells === 'open') return { error: UNCLOSED_QUOTE }
  if (cells === 'malformed') return { error: isMultiline ? UNCLOSED_QUOTE : MALFORMED_QUOTES }
  if (areBlank(cells)) return { cells }
  if (cells.length < needed || !areBlank(cells.slice(columns))) {
    const until = isMultiline ? `; its quotes close in line ${last.number}` : ''
    const error = `This row has the wrong number of cells, ${cells.length} instead of ${columns}${until}`
    return { error }
  }
  const isMistaken = cells.length < columns && endsWithOpening(block, delimiter)
  return isMultiline && (isMistaken || looksLikeRows(block, shape))
    ? { error: UNCLOSED_QUOTE }
    : { cells }
}

/**
 * Reads the rows of CSV. Empty lines and rows of blank cells are skipped. A quoted cell may span lines. If such
 * a row is wrong, only its first line is refused, and reading continues with the next line, so an unclosed quote
 * costs no other row. No line is read again more than twice, because a line that can open such a row also ends
 * an open one.
 */
export async function* csvRows(
  lines: AsyncGenerator<Line, void>,
  shape: Shape,
): AsyncGenerator<CsvRow> {
  /** The lines to read again, the next one last. */
  const pushedBack: Line[] = []
  const next = async () => pushedBack.pop() ?? (await lines.next()).value ?? undefined
  for (let line = await next(); line; line = await next()) {
    const { number, text, bytes } = line
    const place = { line: number, nextLine: number + 1, bytes }
    if (text === undefined) {
      yield { ...place, error: TOO_LONG }
      continue
    }
    const block = await readBlock({ ...line, text }, next, shape.delimiter)
    const row = rowOf(block, shape)
    if ('error' in row) {
      for (const later of block.lines.slice(1).reverse()) pushedBack.push(later)
      yield { ...place, ...row }
    } else if (!isBlank(row.cells, text)) {
      const { number, bytes } = block.last
      yield { line: place.line, nextLine: number + 1, bytes, ...row }
    }
  }
}
