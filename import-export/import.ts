import { batches } from './batches.ts'
import type { ProductInput } from './fields.ts'
import type { FileRecord } from './record.ts'
import { type ReadOptions, readRecords } from './records.ts'

/** A record that made no product. */
export interface Refusal {
  /** Where it begins in the file, from 1. */
  line: number
  /** The name that it gives, if it gives one. */
  name: string | undefined
  message: string
}

/** How far an import has come: everything before `bytes` and `nextLine` is settled. */
export interface ImportProgress {
  bytes: number
  created: number
  refused: number
  nextLine: number
}

/** What the API answers to a batch: one entry for each item, in that order. */
export type BatchAnswer = { index: number; product?: unknown; error?: { message: string } }[]

/** What an import needs, and whom it tells what. */
export interface ImportOptions extends ReadOptions {
  /** The file, from its beginning. */
  chunks: AsyncIterable<Uint8Array>
  /** Records that begin before this line are passed over, as they are settled already. */
  fromLine?: number
  /** Has the API create up to 1,000 products; called again when it has resolved. */
  send(items: ProductInput[]): Promise<BatchAnswer>
  onProgress?(progress: ImportProgress): void
  onRefusal?(refusal: Refusal): void
}

function itemsOf(batch: FileRecord[]): ProductInput[] {
  return batch.flatMap((record) => ('input' in record ? [record.input] : []))
}

function refusalsOf(batch: FileRecord[], answer: BatchAnswer): Refusal[] {
  const answers = answer.values()
  return batch.flatMap((record): Refusal[] => {
    const { line } = record
    if ('error' in record) return [{ line, name: undefined, message: record.error }]
    const { name } = record.input
    const error = answers.next().value?.error
    if (!error) return []
    return [{ line, name: typeof name === 'string' ? name : undefined, message: error.message }]
  })
}

async function* from(line: number, records: AsyncIterable<FileRecord>) {
  for await (const record of records) if (record.line >= line) yield record
}

/**
 * Creates the products of a file through the API, a batch after the other; while one is under way the
 * next is read. Rejects with what `send` or the reading of the file rejects with, after the batch that
 * is under way; the last progress then says from which line to go on.
 */
export async function importProducts(options: ImportOptions): Promise<ImportProgress> {
  const { chunks, fromLine = 1, send, onProgress, onRefusal } = options
  let progress: ImportProgress = { bytes: 0, created: 0, refused: 0, nextLine: fromLine }
  let bytes = 0
  let underWay = Promise.resolve()

  async function* counted() {
    for await (const chunk of chunks) {
      bytes += chunk.length
      yield chunk
    }
  }
  async function settle(batch: FileRecord[]): Promise<void> {
    const items = itemsOf(batch)
    const refusals = refusalsOf(batch, items.length > 0 ? await send(items) : [])
    for (const refusal of refusals) onRefusal?.(refusal)
    progress = {
      bytes: Math.max(...batch.map((record) => record.bytes)),
      created: progress.created + batch.length - refusals.length,
      refused: progress.refused + refusals.length,
      nextLine: Math.max(...batch.map((record) => record.nextLine)),
    }
    onProgress?.(progress)
  }

  const records = from(fromLine, readRecords(counted(), options))
  try {
    for await (const batch of batches(records)) {
      await underWay
      underWay = settle(batch)
      underWay.catch(() => {}) // It is awaited here or below, when the next batch has been read.
    }
  } finally {
    await underWay
  }
  progress = { ...progress, bytes } // What is behind the last record is settled, too.
  onProgress?.(progress)
  return progress
}
