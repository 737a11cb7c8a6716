import type { BatchResult } from '../schemas/batch.ts'
import { batches } from './batches.ts'
import type { ProductInput } from './fields.ts'
import type { FileRecord } from './record.ts'
import { type ReadOptions, readRecords } from './records.ts'

/** A record that was not imported. */
export interface Refusal {
  /** The line at which it begins, from 1. */
  line: number
  /** Its product name, if it has one. */
  name: string | undefined
  message: string
}

/** The progress of an import: everything before `bytes` and `nextLine` is done. */
export interface ImportProgress {
  bytes: number
  created: number
  updated: number
  skipped: number
  refused: number
  nextLine: number
}

/** The progress of an import that begins at this line. */
export const startingAt = (nextLine: number): ImportProgress => ({
  bytes: 0,
  created: 0,
  updated: 0,
  skipped: 0,
  refused: 0,
  nextLine,
})

/** What became of the records so far, in words. */
export function tallyOf(progress: ImportProgress, toText: (count: number) => string): string {
  const { created, updated, skipped, refused } = progress
  return [
    `${toText(created)} created`,
    ...(updated > 0 ? [`${toText(updated)} updated`] : []),
    ...(skipped > 0 ? [`${toText(skipped)} skipped`] : []),
    `${toText(refused)} refused`,
  ].join(', ')
}

/** The API's answer to a batch: one entry per item, in the same order. */
export type BatchAnswer = {
  index: number
  status?: BatchResult['items'][number]['status']
  product?: unknown
  error?: { message: string }
}[]

/** The input of an import, and its callbacks. */
export interface ImportOptions extends ReadOptions {
  /** The file, from its beginning. */
  chunks: AsyncIterable<Uint8Array>
  /** Records that begin before this line are skipped, because they are already done. */
  fromLine?: number
  /** Creates or updates up to 1,000 products through the API. Never called again before it resolves. */
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

/** How many items were skipped, or updated. */
const countOf = (answer: BatchAnswer, wanted: 'updated' | 'skipped') =>
  answer.filter(({ status }) => status === wanted).length

async function* from(line: number, records: AsyncIterable<FileRecord>) {
  for await (const record of records) if (record.line >= line) yield record
}

/**
 * Creates the products of a file through the API, one batch at a time; while a batch is in flight, the next one is
 * read. If `send` or reading the file fails, it waits for the batch in flight and rejects with that error. The
 * last reported progress then tells at which line to continue.
 */
export async function importProducts(options: ImportOptions): Promise<ImportProgress> {
  const { chunks, fromLine = 1, send, onProgress, onRefusal } = options
  let progress = startingAt(fromLine)
  let bytes = 0
  let inFlight = Promise.resolve()

  async function* counted() {
    for await (const chunk of chunks) {
      bytes += chunk.length
      yield chunk
    }
  }
  async function settle(batch: FileRecord[]): Promise<void> {
    const items = itemsOf(batch)
    const answer = items.length > 0 ? await send(items) : []
    const refusals = refusalsOf(batch, answer)
    for (const refusal of refusals) onRefusal?.(refusal)
    const [updated, skipped] = [countOf(answer, 'updated'), countOf(answer, 'skipped')]
    progress = {
      bytes: Math.max(...batch.map((record) => record.bytes)),
      created: progress.created + batch.length - refusals.length - updated - skipped,
      updated: progress.updated + updated,
      skipped: progress.skipped + skipped,
      refused: progress.refused + refusals.length,
      nextLine: Math.max(...batch.map((record) => record.nextLine)),
    }
    onProgress?.(progress)
  }

  const records = from(fromLine, readRecords(counted(), options))
  try {
    for await (const batch of batches(records)) {
      await inFlight
      inFlight = settle(batch)
      inFlight.catch(() => {}) // Handled when it is awaited, after the next batch has been read.
    }
  } finally {
    await inFlight
  }
  progress = { ...progress, bytes } // Whatever follows the last record is done, too.
  onProgress?.(progress)
  return progress
}
