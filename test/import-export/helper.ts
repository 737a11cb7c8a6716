import type { FileFormat } from '../../import-export/format.ts'
import type { FileRecord } from '../../import-export/record.ts'
import { type ReadOptions, readRecords } from '../../import-export/records.ts'

/** A file as it is read, in chunks of this many bytes. */
export async function* chunksOf(
  file: string | Uint8Array,
  size = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file
  for (let start = 0; start < bytes.length; start += size) {
    yield bytes.subarray(start, Math.min(bytes.length, start + size))
  }
}

/** All that something gives. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const given: T[] = []
  for await (const item of items) given.push(item)
  return given
}

/** The records of a file, and what it was said to have that is ignored. */
export async function recordsOf(
  file: string | Uint8Array,
  format: FileFormat,
  { size, ...options }: { size?: number } & Omit<ReadOptions, 'format'> = {},
) {
  const ignored: string[][] = []
  const onIgnored = (names: string[]) => void ignored.push(names)
  const reading = readRecords(chunksOf(file, size), { format, onIgnored, ...options })
  const records: FileRecord[] = await all(reading)
  return { records, ignored }
}
