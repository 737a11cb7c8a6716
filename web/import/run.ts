import { signal } from '@preact/signals'
import { type FileFormat, formatOf } from '../../import-export/format.ts'
import {
  type BatchAnswer,
  type ImportProgress,
  importProducts,
  type Refusal,
} from '../../import-export/import.ts'
import { call } from '../api.ts'

/** The import of a file, as far as it has come. */
export interface Run {
  file: File
  state: 'running' | 'done' | 'stopped' | 'failed'
  /** Up to where everything is settled. */
  progress: ImportProgress
  /** Grows as the import goes on. */
  refusals: Refusal[]
  /** Columns of the file that are not imported. */
  ignored: string[]
  failure?: string
}

/** The import that was started last; it goes on while one looks at other places of the page. */
export const run = signal<Run | undefined>(undefined)

let stopping = new AbortController()

addEventListener('beforeunload', (event) => {
  if (run.value?.state === 'running') event.preventDefault() // The browser asks whether to leave.
})

/** Stops the import; what is under way is finished. */
export function stopImport(): void {
  stopping.abort()
}

/** The parts of a file as they are read, until the import is stopped. */
async function* chunksOf(file: File, stop: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader()
  try {
    for (;;) {
      stop.throwIfAborted()
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    void reader.cancel()
  }
}

/** Sends the file's records, from a line of it on, adding to what was sent before. */
async function importFrom(file: File, format: FileFormat, before?: Run): Promise<void> {
  stopping = new AbortController()
  const stop = stopping.signal
  const earlier = before?.progress ?? { bytes: 0, created: 0, refused: 0, nextLine: 1 }
  const refusals = [...(before?.refusals ?? [])]
  let state: Run = { file, state: 'running', progress: earlier, refusals, ignored: [] }
  function show(change: Partial<Run>) {
    state = { ...state, ...change }
    run.value = state
  }
  show({})
  try {
    await importProducts({
      chunks: chunksOf(file, stop),
      format,
      fromLine: earlier.nextLine,
      async send(items) {
        stop.throwIfAborted()
        const { data } = await call<{ items: BatchAnswer }>('/products/batch', {
          method: 'POST',
          body: { items },
        })
        return data.items
      },
      onProgress({ bytes, created, refused, nextLine }) {
        const progress = {
          bytes,
          created: earlier.created + created,
          refused: earlier.refused + refused,
          nextLine,
        }
        show({ progress })
      },
      onRefusal: (refusal) => refusals.push(refusal),
      onIgnored: (ignored) => show({ ignored }),
    })
    show({ state: 'done' })
  } catch (error) {
    if (stop.aborted) show({ state: 'stopped' })
    else show({ state: 'failed', failure: (error as Error).message })
  }
}

/** Starts the import of a file. Gives what is wrong with the file's name, if that tells no format. */
export function startImport(file: File): string | undefined {
  const format = formatOf(file.name)
  if (!format) return 'The name of the file has to end in .csv, .ndjson or .jsonl.'
  void importFrom(file, format)
  return undefined
}

/** Goes on with an import that stopped or failed, behind what is settled. */
export function resumeImport(before: Run): void {
  const format = formatOf(before.file.name)
  if (format) void importFrom(before.file, format, before)
}
