import type { FileRecord } from './record.ts'

/** The most products that the API accepts in one request. */
const MAX_RECORDS = 1000

/** The API accepts bodies of 16 MiB; half of that leaves room for everything around the products. */
const MAX_BYTES = 8 * 1000 * 1000

const encoder = new TextEncoder()

function sizeOf(record: FileRecord): number {
  return 'input' in record ? encoder.encode(JSON.stringify(record.input)).length : 0
}

/** Groups records into batches, one per API call. Records with an error keep their place among the others. */
export async function* batches(records: AsyncIterable<FileRecord>): AsyncGenerator<FileRecord[]> {
  let batch: FileRecord[] = []
  let bytes = 0
  for await (const record of records) {
    const size = sizeOf(record)
    if (batch.length === MAX_RECORDS || (bytes + size > MAX_BYTES && batch.length > 0)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(record)
    bytes += size
  }
  if (batch.length > 0) yield batch
}
