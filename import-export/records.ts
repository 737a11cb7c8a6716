import type { Delimiter } from './csv.ts'
import { csvRecords } from './csv-records.ts'
import type { Mapping } from './fields.ts'
import type { FileFormat } from './format.ts'
import { readLines } from './lines.ts'
import { ndjsonRecords } from './ndjson-records.ts'
import type { FileRecord } from './record.ts'

/** How a file is to be read. */
export interface ReadOptions {
  format: FileFormat
  /** The encoding, by a name that `TextDecoder` knows; a byte order mark knows better. */
  encoding?: string
  /** What divides the cells of CSV, if the header is not to tell it. */
  delimiter?: Delimiter
  /** Which columns or properties have the fields of a product. */
  mapping?: Mapping
  /** Told once, with the names of columns or properties that are not imported. */
  onIgnored?(names: string[]): void
}

/**
 * Reads the products of a file. `onIgnored` hears of the CSV header, or of the first object that has
 * others. Throws a `FileFault` where the file as a whole can't be read: it has another encoding, is of
 * another kind, or lacks a column.
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
    await lines.return() // So that the file is closed wherever the reading ended.
  }
}
