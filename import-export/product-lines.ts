import type { Product } from '../schemas/product.ts'
import { csvLine } from './csv.ts'
import type { FileFormat } from './format.ts'

const COLUMNS: [name: string, cell: (product: Product) => string | number | null][] = [
  ['id', (product) => product.id],
  ['name', (product) => product.name],
  ['description', (product) => product.description],
  ['created_at', (product) => product.created_at],
  ['updated_at', (product) => product.updated_at],
  ['registration_status', (product) => product.registration.status],
  ['registration_reason', (product) => product.registration.reason],
  ['offers_count', (product) => product.offers_count],
  ['lowest_price', (product) => product.lowest_price],
  ['checked_at', (product) => product.checked_at],
  ['stale', (product) => String(product.stale)],
]

/**
 * How products are written to a file that can be imported again: what comes before the first, and the
 * line of each. CSV has a column for each field of a product, NDJSON the product as the API gives it.
 */
export const PRODUCT_LINES: Record<FileFormat, { head: string; line(product: Product): string }> = {
  csv: {
    head: csvLine(COLUMNS.map(([name]) => name)),
    line: (product) => csvLine(COLUMNS.map(([, cell]) => cell(product))),
  },
  ndjson: {
    head: '',
    line: (product) => `${JSON.stringify(product)}\n`,
  },
}
