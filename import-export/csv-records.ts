import type { Delimiter } from './csv.ts'
import { columnsOf, readHeader } from './csv-header.ts'
import { csvRows } from './csv-rows.ts'
import { FIELDS, type Mapping, type ProductInput } from './fields.ts'
import type { Line } from './lines.ts'
import type { FileRecord } from './record.ts'

/** How to read products from CSV. */
interface CsvOptions {
  mapping: Mapping
  delimiter?: Delimiter
  onIgnored: (names: string[]) => void
}

/**
 * Reads products from CSV (RFC 4180) with a header line. The delimiter is detected from the header. Rows whose
 * cells are all blank are skipped.
 */
export async function* csvRecords(
  lines: AsyncGenerator<Line, void>,
  { mapping, delimiter: known, onIgnored }: CsvOptions,
): AsyncGenerator<FileRecord> {
  const header = await readHeader(lines, mapping, known)
  const { names, delimiter } = header
  const columns = columnsOf(header, mapping)
  const read = new Set(columns.values())
  const ignored = names.filter((name, place) => name !== '' && !read.has(place))
  if (ignored.length > 0) onIgnored(ignored)

  // Spreadsheets omit empty cells at the end of a row.
  const needed = FIELDS.map(({ name, required }) => {
    const place = columns.get(name) ?? -1
    return !required && place === names.length - 1 ? place : place + 1
  })
  const shape = { delimiter, columns: names.length, needed: Math.max(...needed) }
  for await (const row of csvRows(lines, shape)) {
    if ('error' in row) {
      yield row
      continue
    }
    const { cells, ...place } = row
    const input: ProductInput = {}
    for (const { name, fromCell } of FIELDS) {
      const cell = cells[columns.get(name) ?? -1]
      input[name] = cell === undefined ? undefined : fromCell(cell)
    }
    yield { ...place, input }
  }
}
