import type { WrittenField } from '../schemas/product-fields.ts'
import type { Delimiter } from './csv.ts'
import { readHeader } from './csv-header.ts'
import { type Column, FIELDS, type Mapping, type ProductInput, placesOf } from './fields.ts'
import { readLines } from './lines.ts'
import { propertiesOf } from './ndjson-records.ts'
import { type ReadOptions, readRecords } from './records.ts'

/** The number of NDJSON objects to read for their properties. */
const MAX_OBJECTS = 20

/** The number of records to search for the first valid rows. */
const MAX_PREVIEWED_RECORDS = 200

/** The columns of a file, from which the user can choose. */
export interface FoundColumns {
  /** The columns or properties, with their labels. */
  columns: { column: Column; label: string }[]
  /** The column with the name of each field; null if there are none or several. */
  mapping: Mapping
  /** The delimiter of CSV. */
  delimiter?: Delimiter
}

type Chunks = AsyncIterable<Uint8Array>

/** Maps each field to its only candidate. */
function mappingOf(candidates: Iterable<[field: WrittenField, columns: Column[]]>): Mapping {
  const mapping: Mapping = {}
  for (const [field, [column = null, another]] of candidates) {
    mapping[field] = another === undefined ? column : null
  }
  return mapping
}

/** Finds the columns of CSV, or the properties of the first objects of NDJSON. */
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
      if (objects === MAX_OBJECTS) break
    }
    const names = [...found]
    const candidates = FIELDS.map(({ name }): [WrittenField, Column[]] => [
      name,
      placesOf(name, names).map((place) => String(names[place])),
    ])
    const mapping = mappingOf(candidates)
    return { columns: names.map((name) => ({ column: name, label: name })), mapping }
  } finally {
    await lines.return()
  }
}

/** The first valid rows of a file, as they would be sent. */
export async function firstRows(
  chunks: Chunks,
  options: ReadOptions,
  max: number,
): Promise<ProductInput[]> {
  const rows: ProductInput[] = []
  let records = 0
  for await (const record of readRecords(chunks, options)) {
    if ('input' in record) rows.push(record.input)
    records += 1
    if (rows.length === max || records === MAX_PREVIEWED_RECORDS) break
  }
  return rows
}
