/**
 * Writes and reads CSV (RFC 4180). It uses no library because the list of refused rows needs the line at which
 * each row begins, even after line breaks in quotes, and because the rows after a wrong quote must still be read.
 */

/** Text that a spreadsheet would evaluate as a formula (OWASP, "CSV injection"), after any apostrophes. */
const FORMULA = /^'*[=+\-@\t\r\n]/

/** Such text after `csvLine` has prefixed it. */
const PROTECTED = /^'+[=+\-@\t\r\n]/

/** The supported delimiters. Where a comma is the decimal separator, spreadsheets write `;`. */
export const DELIMITERS = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/**
 * A line of CSV (RFC 4180), including the line break; null becomes an empty cell. Text that a spreadsheet would
 * evaluate as a formula is prefixed with an apostrophe, which marks it as text. Such text that already begins
 * with apostrophes gets another one, so that `csvCells` restores every text exactly.
 */
export function csvLine(
  cells: readonly (string | number | null)[],
  delimiter: Delimiter = ',',
): string {
  return `${cells.map((cell) => csvCell(cell, delimiter)).join(delimiter)}\r\n`
}

function csvCell(value: string | number | null, delimiter: Delimiter): string {
  if (typeof value !== 'string') return String(value ?? '')
  const safe = FORMULA.test(value) ? `'${value}` : value
  const quoted = /["\r\n]/.test(safe) || safe.includes(delimiter)
  return quoted ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The end of a line. */
const END = '(?:\\r\\n?|\\n)?$'

/** Matches a cell and what follows it. The cell is plain, or in quotes that may have blanks around them. */
function cellBefore(delimiter: Delimiter): RegExp {
  const blanks = delimiter === '\t' ? ' *' : '[ \\t]*'
  const quoted = `${blanks}"([^"]*(?:""[^"]*)*)"${blanks}`
  const plain = `([^"\\r\\n${delimiter}]*)`
  return new RegExp(`(?:${quoted}|${plain})([${delimiter}]|${END})`, 'y')
}

const CELL_BEFORE: Record<Delimiter, RegExp> = {
  ',': cellBefore(','),
  ';': cellBefore(';'),
  '\t': cellBefore('\t'),
  '|': cellBefore('|'),
}

/** A quoted cell that continues in the next line. */
const OPEN = /[ \t]*"[^"]*(?:""[^"]*)*$/y

const unprotected = (text: string) => (PROTECTED.test(text) ? text.slice(1) : text)

/**
 * The cells of a CSV record, with or without its line break: the inverse of `csvLine`. Returns `open` if the
 * last cell continues after the record, and `malformed` if a quote is in the wrong place.
 */
export function csvCells(record: string, delimiter: Delimiter): string[] | 'open' | 'malformed' {
  const cells: string[] = []
  const cell = CELL_BEFORE[delimiter]
  cell.lastIndex = 0
  let end: string | undefined
  do {
    OPEN.lastIndex = cell.lastIndex
    const found = cell.exec(record)
    if (!found) return OPEN.test(record) ? 'open' : 'malformed'
    const [, quoted, plain] = found
    cells.push(unprotected(quoted?.replaceAll('""', '"') ?? String(plain)))
    end = found[3]
  } while (end === delimiter)
  return cells
}
