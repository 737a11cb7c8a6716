import type { Delimiter } from './csv.ts'
import { csvRecords } from './csv-records.ts'
import type { Mapping } from './fields.ts'
import type { FileFormat } from './format.ts'
import { readLines } from './lines.ts'
import { ndjsonRecords } from './ndjson-records.ts'
import type { FileRecord } from './record.ts'

/** How to read a file. */
export interface ReadOptions {
  format: FileFormat
  /** The encoding, by a name that `TextDecoder` knows; a byte order mark takes precedence. */
  encoding?: string
  /** The delimiter of CSV; by default it is detected from the header. */
  delimiter?: Delimiter
  /** The columns or properties that hold the fields of a product. */
  mapping?: Mapping
  /** Called once, with the names of columns or properties that are not imported. */
  onIgnored?(names: string[]): void
}

/**
 * Reads the products of a file. `onIgnored` gets the ignored columns of the CSV header, or the ignored properties
 * of the first object that has any. Throws a `FileFault` if the file as a whole cannot be read, because it has
 * another encoding, is of another kind, or lacks a column.
 */
export async function* readRecords(
  chunks: AsyncIterable<Uint8Array>,
  { format, encoding, delimiter, mapping = {}, onIgnored = () => {} }: ReadOptions,
): AsyncGenerator<FileRecord> {
  const lines = readLines(chunks, encoding)
  try {
    if (format === 'csv') yield* csvRecords(lines, { mapping, delimiter, onIgnored })
    else yield* ndjsonRecords(lines, mapping, onIgnored)
  } finally {
    await lines.return() // Closes the file wherever reading ended.
  }
}
