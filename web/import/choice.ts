import { signal } from '@preact/signals'
import { FileFault, type Remedy } from '../../import-export/fault.ts'
import type { Column, ProductInput } from '../../import-export/fields.ts'
import { formatOf } from '../../import-export/format.ts'
import { type FoundColumns, findColumns, firstRows } from '../../import-export/preview.ts'
import type { ReadOptions } from '../../import-export/records.ts'
import type { OnConflict } from '../../schemas/batch.ts'
import type { WrittenField } from '../../schemas/product-fields.ts'
import { chunksOf } from './file-chunks.ts'

const PREVIEW_ROWS = 5

/** The chosen file, and how to import it. */
export interface Choice {
  file: File
  /** Empty: from the byte order mark, or UTF-8. */
  encoding: string
  /** Whether the file is being read. */
  reading: boolean
  /** Why it cannot be read. */
  fault?: string
  columns: FoundColumns['columns']
  /** How to read it; undefined until that is known. */
  options?: ReadOptions
  /** The first rows, as they would be imported. */
  rows: ProductInput[]
}

export const choice = signal<Choice | undefined>(undefined)

/** What to do with rows whose external id already belongs to a product. */
export const onConflict = signal<OnConflict>('error')

const ADVICE: Record<Remedy, string> = {
  encoding: 'Save the file as UTF-8, or choose its encoding',
  columns: 'Choose its columns',
}

/** What is wrong with a file, and what to do about it on this page. */
export function faultOf(error: unknown): string {
  const { message } = error as Error
  const remedy = error instanceof FileFault ? error.remedy : undefined
  return remedy ? `${message}. ${ADVICE[remedy]}.` : `${message}.`
}

/** Updates the choice with what `load` reads from the file, unless the user made another choice meanwhile. */
async function read(next: Choice, load: () => Promise<Partial<Choice>>): Promise<void> {
  choice.value = { ...next, reading: true, fault: undefined, rows: [] }
  const started = choice.value
  const change = await load().catch((error: unknown) => ({ fault: faultOf(error) }))
  if (choice.value === started) choice.value = { ...started, ...change, reading: false }
}

async function readRows(file: File, options: ReadOptions): Promise<ProductInput[]> {
  const needed = options.mapping?.name
  return needed == null ? [] : firstRows(chunksOf(file), options, PREVIEW_ROWS)
}

/** Finds the columns of a file, and reads its first rows. */
export function chooseFile(file: File, encoding: string): void {
  void read({ file, encoding, reading: true, columns: [], rows: [] }, async () => {
    const format = formatOf(file.name)
    const how = { format: format ?? 'csv', encoding: encoding || undefined }
    const { columns, mapping, delimiter } = await findColumns(chunksOf(file), how)
    if (!format)
      throw new FileFault('The name of the file must end in .csv, .tsv, .ndjson or .jsonl')
    const options = { ...how, mapping, delimiter }
    return { columns, options, rows: await readRows(file, options) }
  })
}

/** Sets the column of a field, or null for none. */
export function chooseColumn(field: WrittenField, column: Column): void {
  const { value } = choice
  if (!value?.options) return
  const options = { ...value.options, mapping: { ...value.options.mapping, [field]: column } }
  void read({ ...value, options }, async () => ({ rows: await readRows(value.file, options) }))
}
