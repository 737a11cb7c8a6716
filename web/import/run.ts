import { signal } from '@preact/signals'
import { FileFault } from '../../import-export/fault.ts'
import {
  type BatchAnswer,
  type ImportProgress,
  importProducts,
  type Refusal,
  startingAt,
} from '../../import-export/import.ts'
import type { ReadOptions } from '../../import-export/records.ts'
import type { OnConflict } from '../../schemas/batch.ts'
import { create, mayBeDone } from '../create.ts'
import { faultOf } from './choice.ts'
import { chunksOf } from './file-chunks.ts'

/** The import of a file, and its state. */
export interface Run {
  file: File
  options: ReadOptions
  onConflict: OnConflict
  state: 'running' | 'done' | 'stopped' | 'failed'
  progress: ImportProgress
  /** Grows as the import proceeds. */
  refusals: Refusal[]
  /** Columns of the file that are not imported. */
  ignored: string[]
  failure?: string
  /** Whether the rows of the failed request may have been created. */
  mayBeDone?: boolean
  /** Whether the file must change before the import can continue. */
  unreadable?: boolean
}

/** The latest import. It continues while the user visits other views. */
export const run = signal<Run | undefined>(undefined)

let stopping = new AbortController()

addEventListener('beforeunload', (event) => {
  if (run.value?.state === 'running') event.preventDefault() // Makes the browser ask whether to leave.
})

/** Stops the import after the batch in flight. */
export function stopImport(): void {
  stopping.abort()
}

/** Imports a file, or the rest of it after an earlier run. */
async function importFrom(
  file: File,
  options: ReadOptions,
  onConflict: OnConflict,
  before?: Run,
): Promise<void> {
  stopping = new AbortController()
  const stop = stopping.signal
  const earlier = before?.progress ?? startingAt(1)
  const refusals = [...(before?.refusals ?? [])]
  let state: Run = {
    file,
    options,
    onConflict,
    state: 'running',
    progress: earlier,
    refusals,
    ignored: [],
  }
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
        const { data } = await create<{ items: BatchAnswer }>('/products/batch', {
          items,
          on_conflict: onConflict,
        }).catch((error: unknown) => {
          show({ mayBeDone: mayBeDone(error) })
          throw error
        })
        return data.items
      },
      onProgress(now) {
        const progress = {
          ...now,
          created: earlier.created + now.created,
          updated: earlier.updated + now.updated,
          skipped: earlier.skipped + now.skipped,
          refused: earlier.refused + now.refused,
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
export function startImport(file: File, options: ReadOptions, onConflict: OnConflict): void {
  void importFrom(file, options, onConflict)
}

/** Continues a stopped or failed import after the part that is done. */
export function resumeImport(before: Run, options: ReadOptions): void {
  void importFrom(before.file, options, before.onConflict, before)
}
