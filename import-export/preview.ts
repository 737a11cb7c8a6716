import type { ProductField } from '../schemas/product-fields.ts'
import type { Delimiter } from './csv.ts'
import { readHeader } from './csv-header.ts'
import { type Column, FIELDS, type Mapping, type ProductInput, placesOf } from './fields.ts'
import { readLines } from './lines.ts'
import { propertiesOf } from './ndjson-records.ts'
import { type ReadOptions, readRecords } from './records.ts'

/** How many objects are read to find out which properties there are. */
const MOST_OBJECTS = 20

/** Among how many records the first good rows are looked for. */
const MOST_RECORDS = 200

/** What can be chosen of a file. */
export interface FoundColumns {
  /** Its columns or properties, and what to call them. */
  columns: { column: Column; label: string }[]
  /** Those that are called as the fields are; null where there is none such, or several. */
  mapping: Mapping
  /** What divides the cells, if there are cells. */
  delimiter?: Delimiter
}

type Chunks = AsyncIterable<Uint8Array>

/** The mapping of the fields to the only column that each may mean. */
function mappingOf(candidates: Iterable<[field: ProductField, columns: Column[]]>): Mapping {
  const mapping: Mapping = {}
  for (const [field, [column = null, another]] of candidates) {
    mapping[field] = another === undefined ? column : null
  }
  return mapping
}

/** The columns of CSV, or the properties of the first objects of NDJSON. */
export async function findColumns(
  chunks: Chunks,
  { format, encoding }: ReadOptions,
): Promise<FoundColumns> {
  const lines = readLines(chunks, encoding)
  try {
    if (format === 'csv') {
      const { names, places, delimiter } = await readHeader(lines, {})
      const columns = names.map((name, column) => ({ column, label: name || `#${column + 1}` }))
      return { columns, mapping: mappingOf(places), delimiter }
    }
    const found = new Set<string>()
    let objects = 0
    for await (const { text = '' } of lines) {
      for (const name of propertiesOf(text)?.keys() ?? []) found.add(name)
      objects += 1
      if (objects === MOST_OBJECTS) break
    }
    const names = [...found]
    const candidates = FIELDS.map(({ name }): [ProductField, Column[]] => [
      name,
      placesOf(name, names).map((place) => String(names[place])),
    ])
    const mapping = mappingOf(candidates)
    return { columns: names.map((name) => ({ column: name, label: name })), mapping }
  } finally {
    await lines.return()
  }
}

/** The first good rows of a file, as they would be sent. */
export async function firstRows(
  chunks: Chunks,
  options: ReadOptions,
  most: number,
): Promise<ProductInput[]> {
  const rows: ProductInput[] = []
  let records = 0
  for await (const record of readRecords(chunks, options)) {
    if ('input' in record) rows.push(record.input)
    records += 1
    if (rows.length === most || records === MOST_RECORDS) break
  }
  return rows
}
