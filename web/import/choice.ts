import { signal } from '@preact/signals'
import { FileFault, type Remedy } from '../../import-export/fault.ts'
import type { Column, ProductInput } from '../../import-export/fields.ts'
import { formatOf } from '../../import-export/format.ts'
import { type FoundColumns, findColumns, firstRows } from '../../import-export/preview.ts'
import type { ReadOptions } from '../../import-export/records.ts'
import type { ProductField } from '../../schemas/product-fields.ts'
import { chunksOf } from './file-chunks.ts'

const MOST_ROWS = 5

/** The file that is to be imported, and how. */
export interface Choice {
  file: File
  /** Empty: as the byte order mark says, or UTF-8. */
  encoding: string
  /** Whether the file is being looked into. */
  reading: boolean
  /** Why it cannot be read. */
  fault?: string
  columns: FoundColumns['columns']
  /** How it is to be read, as far as is known. */
  options?: ReadOptions
  /** The first rows, as they would be imported. */
  rows: ProductInput[]
}

export const choice = signal<Choice | undefined>(undefined)

const ADVICE: Record<Remedy, string> = {
  encoding: 'Save the file as UTF-8, or choose its encoding',
  columns: 'Choose its columns',
}

/** What is wrong with a file, and what can be done about it here. */
export function faultOf(error: unknown): string {
  const { message } = error as Error
  const remedy = error instanceof FileFault ? error.remedy : undefined
  return remedy ? `${message}. ${ADVICE[remedy]}.` : `${message}.`
}

/** Changes the choice by what is read of the file, unless another choice was made meanwhile. */
async function read(next: Choice, look: () => Promise<Partial<Choice>>): Promise<void> {
  choice.value = { ...next, reading: true, fault: undefined, rows: [] }
  const begun = choice.value
  const change = await look().catch((error: unknown) => ({ fault: faultOf(error) }))
  if (choice.value === begun) choice.value = { ...begun, ...change, reading: false }
}

async function readRows(file: File, options: ReadOptions): Promise<ProductInput[]> {
  const needed = options.mapping?.name
  return needed == null ? [] : firstRows(chunksOf(file), options, MOST_ROWS)
}

/** Looks for the columns of a file, and reads its first rows. */
export function chooseFile(file: File, encoding: string): void {
  void read({ file, encoding, reading: true, columns: [], rows: [] }, async () => {
    const format = formatOf(file.name)
    const how = { format: format ?? 'csv', encoding: encoding || undefined }
    const { columns, mapping, delimiter } = await findColumns(chunksOf(file), how)
    if (!format)
      throw new FileFault('The name of the file has to end in .csv, .tsv, .ndjson or .jsonl')
    const options = { ...how, mapping, delimiter }
    return { columns, options, rows: await readRows(file, options) }
  })
}

/** Takes a field from another column, or from none. */
export function chooseColumn(field: ProductField, column: Column): void {
  const { value } = choice
  if (!value?.options) return
  const options = { ...value.options, mapping: { ...value.options.mapping, [field]: column } }
  void read({ ...value, options }, async () => ({ rows: await readRows(value.file, options) }))
}
