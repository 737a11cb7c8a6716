/**
 * CSV (RFC 4180), written and read. No library reads it here: a list of refused rows needs the line at
 * which each begins, also behind line breaks in quotes, and the rows that follow a wrong quote.
 */

/** What a spreadsheet would take for a formula (OWASP, "CSV injection"), with apostrophes or without. */
const FORMULA = /^'*[=+\-@\t\r\n]/

/** What `csvLine` makes of that. */
const PROTECTED = /^'+[=+\-@\t\r\n]/

/**
 * A line of CSV (RFC 4180), with its end; null is an empty cell. Text that a spreadsheet would take for
 * a formula is preceded by an apostrophe, by which they know it for text; so is such text that has
 * apostrophes before it already, so that `csvCells` gives back every text as it was.
 */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(value: string | number | null): string {
  if (typeof value !== 'string') return String(value ?? '')
  const safe = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** What divides the cells of a line; where a comma is the decimal sign, spreadsheets write `;`. */
export const DELIMITERS = [',', ';', '\t'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** A cell that is in quotes or has none, and what follows it. */
const cellBefore = (delimiter: Delimiter) =>
  new RegExp(`("[^"]*(?:""[^"]*)*"|[^"${delimiter}\\r\\n]*)(${delimiter}|\\r?\\n?$)`, 'y')

const CELL_BEFORE: Record<Delimiter, RegExp> = {
  ',': cellBefore(','),
  ';': cellBefore(';'),
  '\t': cellBefore('\t'),
}

/** A cell in quotes that goes on in the next line. */
const BEGUN = /"[^"]*(?:""[^"]*)*$/y

function textOf(cell: string): string {
  const text = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell
  return PROTECTED.test(text) ? text.slice(1) : text
}

/**
 * The cells of a record of CSV, which may end with a line break: the inverse of `csvLine`. `begun` where
 * the last cell goes on behind its end; `malformed` where a quote stands where none may.
 */
export function csvCells(record: string, delimiter: Delimiter): string[] | 'begun' | 'malformed' {
  const cells: string[] = []
  const cell = CELL_BEFORE[delimiter]
  cell.lastIndex = 0
  let end: string | undefined
  do {
    BEGUN.lastIndex = cell.lastIndex
    const found = cell.exec(record)
    if (!found) return BEGUN.test(record) ? 'begun' : 'malformed'
    cells.push(textOf(String(found[1])))
    end = found[2]
  } while (end === delimiter)
  return cells
}
