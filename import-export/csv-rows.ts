import { csvCells, type Delimiter } from './csv.ts'
import type { Line } from './lines.ts'
import { type RecordPlace, TOO_LONG } from './record.ts'

/** A longer record has a quote that nothing closes, and is not to fill the memory. */
const LONGEST_RECORD = 1024 * 1024

/** From this many lines on, lines within quotes that all look like rows are taken for rows. */
const MANY_ROWS = 20

const MALFORMED =
  'Its quotes are wrong: a cell with a quote is put in quotes, with that quote doubled'
const UNCLOSED = 'It has a quote that is not closed'

/** What the rows of a file look like. */
export interface Shape {
  delimiter: Delimiter
  /** How many columns there are. */
  columns: number
  /** How many cells a row has at least. */
  needed: number
}

/** A row of a file: its cells, or what is wrong with it. */
export type CsvRow = RecordPlace & ({ cells: string[] } | { error: string })

/** Lines that quotes hold together, and what they hold. */
interface Block {
  lines: Line[]
  last: Line
  cells: ReturnType<typeof csvCells>
}

const areBlank = (cells: string[]) => cells.every((cell) => cell.trim() === '')

/** Whether a row says nothing. In a file of one column, programs write `""` for an empty cell. */
const isBlank = (cells: string[], text: string) =>
  areBlank(cells) && (cells.length > 1 || !text.includes('"'))

/** The first line, with those after it over which a cell in quotes runs. */
async function readBlock(
  first: Line & { text: string },
  next: () => Promise<Line | undefined>,
  delimiter: Delimiter,
): Promise<Block> {
  const lines: Line[] = [first]
  let last: Line = first
  let { text } = first
  let cells = csvCells(text, delimiter)
  while (cells === 'begun' && text.length <= LONGEST_RECORD) {
    const line = await next()
    if (!line) break
    lines.push(line)
    last = line
    if (line.text === undefined) break
    text += line.text
    // Of what came before, only this matters here: it ended within quotes.
    if (csvCells(`"${line.text}`, delimiter) !== 'begun') cells = csvCells(text, delimiter)
  }
  return { lines, last, cells }
}

/**
 * Whether each of many lines that quotes hold together is a row if the first quote and the last are taken
 * for letters. A text in quotes has no reason to be like that, as cells stand before it or after it.
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

/** Where a row over lines is short, whether the quote that closes it is one that opens the next cell. */
function endsWithOpening({ last }: Block, delimiter: Delimiter): boolean {
  return String(last.text).trimEnd().endsWith(`${delimiter}"`)
}

/** The cells of a block, if it is one row, or what is wrong with it. */
function rowOf(block: Block, shape: Shape): { cells: string[] } | { error: string } {
  const { lines, last, cells } = block
  const { columns, needed, delimiter } = shape
  const over = lines.length > 1
  if (cells === 'begun') return { error: UNCLOSED }
  if (cells === 'malformed') return { error: over ? UNCLOSED : MALFORMED }
  if (areBlank(cells)) return { cells }
  if (cells.length < needed || !areBlank(cells.slice(columns))) {
    const until = over ? `; its quotes close in line ${last.number}` : ''
    const error = `It has the wrong number of cells, ${cells.length} instead of ${columns}${until}`
    return { error }
  }
  const mistaken = cells.length < columns && endsWithOpening(block, delimiter)
  return over && (mistaken || looksLikeRows(block, shape)) ? { error: UNCLOSED } : { cells }
}

/**
 * The rows of CSV, an empty line or blank cells alone being none. Within quotes a row may run over lines.
 * Where such a row is wrong, its first line alone is refused, and reading goes on at the line after that:
 * a quote that nothing closes costs no other row. No line is read anew more than twice, as one that can open
 * such a row also ends one that is open.
 */
export async function* csvRows(
  lines: AsyncGenerator<Line, void>,
  shape: Shape,
): AsyncGenerator<CsvRow> {
  /** Lines that are to be read again, the next one last. */
  const again: Line[] = []
  const next = async () => again.pop() ?? (await lines.next()).value ?? undefined
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
      for (const later of block.lines.slice(1).reverse()) again.push(later)
      yield { ...place, ...row }
    } else if (!isBlank(row.cells, text)) {
      const { number, bytes } = block.last
      yield { line: place.line, nextLine: number + 1, bytes, ...row }
    }
  }
}
