import { signal } from '@preact/signals'
import { FileFault } from '../../import-export/fault.ts'
import {
  type BatchAnswer,
  type ImportProgress,
  importProducts,
  type Refusal,
} from '../../import-export/import.ts'
import type { ReadOptions } from '../../import-export/records.ts'
import { call, RequestFailed } from '../api.ts'
import { faultOf } from './choice.ts'
import { chunksOf } from './file-chunks.ts'

/** The import of a file, as far as it has come. */
export interface Run {
  file: File
  options: ReadOptions
  state: 'running' | 'done' | 'stopped' | 'failed'
  /** Up to where everything is settled. */
  progress: ImportProgress
  /** Grows as the import goes on. */
  refusals: Refusal[]
  /** Columns of the file that are not imported. */
  ignored: string[]
  failure?: string
  /** Whether the failure left open what became of the rows that were sent last. */
  mayBeDone?: boolean
  /** Whether it is no use to go on with the file as it is. */
  unreadable?: boolean
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

/** Whether the API may have done what it was asked for, though that failed. */
function mayBeDone(error: unknown): boolean {
  return !(error instanceof RequestFailed && error.status >= 400 && error.status < 500)
}

/** Sends the file's records, from a line of it on, adding to what was sent before. */
async function importFrom(file: File, options: ReadOptions, before?: Run): Promise<void> {
  stopping = new AbortController()
  const stop = stopping.signal
  const earlier = before?.progress ?? { bytes: 0, created: 0, refused: 0, nextLine: 1 }
  const refusals = [...(before?.refusals ?? [])]
  let state: Run = { file, options, state: 'running', progress: earlier, refusals, ignored: [] }
  function show(change: Partial<Run>) {
    state = { ...state, ...change }
    run.value = state
  }
  show({})
  try {
    await importProducts({
      ...options,
      chunks: chunksOf(file, stop),
      fromLine: earlier.nextLine,
      async send(items) {
        stop.throwIfAborted()
        const { data } = await call<{ items: BatchAnswer }>('/products/batch', {
          method: 'POST',
          body: { items },
        }).catch((error: unknown) => {
          show({ mayBeDone: mayBeDone(error) })
          throw error
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
    else show({ state: 'failed', failure: faultOf(error), unreadable: error instanceof FileFault })
  }
}

/** Starts the import of a file. */
export function startImport(file: File, options: ReadOptions): void {
  void importFrom(file, options)
}

/** Goes on with an import that stopped or failed, behind what is settled. */
export function resumeImport(before: Run, options: ReadOptions): void {
  void importFrom(before.file, options, before)
}
