import { csvRecords } from './csv-records.ts'
import type { FileFormat } from './format.ts'
import { readLines } from './lines.ts'
import { ndjsonRecords } from './ndjson-records.ts'

/** A record as it is sent; whether it is a product is for the API to say. */
export interface ProductInput {
  name?: unknown
  description?: unknown
}

/** Where a record lies in a file. */
export interface Place {
  /** Where it begins, from 1. */
  line: number
  /** The line behind it. */
  nextLine: number
  /** Where it ends in the file. */
  bytes: number
}

/** A record of a file: what is to be sent, or why it can't be. */
export type FileRecord = Place & ({ input: ProductInput } | { error: string })

/**
 * Reads the products of a file. `onIgnored` is told once, with the names of columns or properties that
 * are of no use here: those of the CSV header, or of the first object that has some. Throws where the
 * file as a whole can't be read: not UTF-8, a line of more than 1 MiB, a header without `name`.
 */
export function readRecords(
  chunks: AsyncIterable<Uint8Array>,
  format: FileFormat,
  onIgnored: (names: string[]) => void = () => {},
): AsyncGenerator<FileRecord> {
  const read = { csv: csvRecords, ndjson: ndjsonRecords }[format]
  return read(readLines(chunks), onIgnored)
}
