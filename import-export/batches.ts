import type { FileRecord } from './record.ts'

/** So many products the API takes at once. */
const MOST_RECORDS = 1000

/** The API takes 16 MiB at once; half of that leaves room for what stands around the products. */
const MOST_BYTES = 8 * 1000 * 1000

const encoder = new TextEncoder()

function sizeOf(record: FileRecord): number {
  return 'input' in record ? encoder.encode(JSON.stringify(record.input)).length : 0
}

/** Records for one call of the API each; those that are not to be sent are in their place among them. */
export async function* batches(records: AsyncIterable<FileRecord>): AsyncGenerator<FileRecord[]> {
  let batch: FileRecord[] = []
  let bytes = 0
  for await (const record of records) {
    const size = sizeOf(record)
    if (batch.length === MOST_RECORDS || (bytes + size > MOST_BYTES && batch.length > 0)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(record)
    bytes += size
  }
  if (batch.length > 0) yield batch
}
