/**
 * CSV (RFC 4180), written and read. No library reads it here: a list of refused rows needs the line at
 * which each begins, also behind line breaks in quotes, and the rows that follow a wrong quote.
 */

/** What a spreadsheet would take for a formula (OWASP, "CSV injection"), with apostrophes or without. */
const FORMULA = /^'*[=+\-@\t\r\n]/

/** What `csvLine` makes of that. */
const PROTECTED = /^'+[=+\-@\t\r\n]/

/** What divides the cells of a line; where a comma is the decimal sign, spreadsheets write `;`. */
export const DELIMITERS = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/**
 * A line of CSV (RFC 4180), with its end; null is an empty cell. Text that a spreadsheet would take for
 * a formula is preceded by an apostrophe, by which they know it for text; so is such text that has
 * apostrophes before it already, so that `csvCells` gives back every text as it was.
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

/** What a line may end with. */
const END = '(?:\\r\\n?|\\n)?$'

/** A cell that is in quotes, maybe with blanks around them, or has none; and what follows it. */
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

/** A cell in quotes that goes on in the next line. */
const BEGUN = /[ \t]*"[^"]*(?:""[^"]*)*$/y

const unprotected = (text: string) => (PROTECTED.test(text) ? text.slice(1) : text)

/**
 * The cells of a record of CSV, which may end with a line break: the inverse of `csvLine`. `begun` where
 * the last cell goes on after its end; `malformed` where a quote stands where none may.
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
    const [, quoted, plain] = found
    cells.push(unprotected(quoted?.replaceAll('""', '"') ?? String(plain)))
    end = found[3]
  } while (end === delimiter)
  return cells
}
