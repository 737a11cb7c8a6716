import type { Product } from '../schemas/product.ts'
import { csvLine, type Delimiter } from './csv.ts'
import { FIELDS } from './fields.ts'
import type { FileFormat } from './format.ts'

type CsvColumn = [name: string, cell: (product: Product) => string | number | null]

const COLUMNS: CsvColumn[] = [
  ['id', (product) => product.id],
  ...FIELDS.map(({ name, toCell }): CsvColumn => [name, toCell]),
  ['created_at', (product) => product.created_at],
  ['updated_at', (product) => product.updated_at],
  ['registration_status', (product) => product.registration.status],
  ['registration_reason', (product) => product.registration.reason],
  ['offers_count', (product) => product.offers_count],
  ['lowest_price', (product) => product.lowest_price],
  ['checked_at', (product) => product.checked_at],
  ['stale', (product) => String(product.stale)],
]

/** How to write products to a file. */
export interface WriteOptions {
  format: FileFormat
  /** The delimiter of CSV. */
  delimiter?: Delimiter
  /** Whether to begin with a byte order mark, so that Excel detects UTF-8. */
  bom?: boolean
}

/**
 * Makes the parts of a file that can be imported again: its head, and the line of each product. CSV has a column
 * for every field of a product except `refresh`; NDJSON has the product as the API returns it.
 */
export function productLines({ format, delimiter, bom = false }: WriteOptions): {
  head: string
  line(product: Product): string
} {
  if (format === 'ndjson') return { head: '', line: (product) => `${JSON.stringify(product)}\n` }
  const names = COLUMNS.map(([name]) => name)
  return {
    head: (bom ? '\ufeff' : '') + csvLine(names, delimiter),
    line: (product) =>
      csvLine(
        COLUMNS.map(([, cell]) => cell(product)),
        delimiter,
      ),
  }
}
