import t from 'tap'
import { formatOf } from '../../import-export/format.ts'

const NAMES: [name: string, format: string | undefined][] = [
  ['products.csv', 'csv'],
  ['PRODUCTS.CSV', 'csv'],
  ['products.tsv', 'csv'],
  ['products.TAB', 'csv'],
  ['products.ndjson', 'ndjson'],
  ['products.JSONL', 'ndjson'],
  ['/a.csv/products.jsonl', 'ndjson'],
  ['products.json', undefined],
  ['products.txt', undefined],
  ['products.xlsx', undefined],
  ['products.csv.gz', undefined],
  ['csv', undefined],
  ['', undefined],
]
for (const [name, format] of NAMES) {
  t.test(`${JSON.stringify(name)} is ${format}`, async (t) => t.equal(formatOf(name), format))
}
