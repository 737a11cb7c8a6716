import t from 'tap'
import { csvCells, DELIMITERS } from '../../import-export/csv.ts'
import { productLines, type WriteOptions } from '../../import-export/product-lines.ts'
import { Product } from '../../schemas/product.ts'
import { recordsOf } from './helper.ts'

const product: Product = {
  id: '019aa9f0-5c00-7000-8000-000000000001',
  name: '\'=Mower, "big"',
  description: '-5 °C\r\nand less',
  external_id: null,
  tags: ['a,b\\', 'c'],
  metadata: { colour: 'dark "red"' },
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-02T00:00:00.000Z',
  registration: { status: 'rejected', reason: 'why' },
  refresh: { next_at: null, failures: 1, fault: 'rejected', message: 'why', failed_at: null },
  offers_count: 2,
  lowest_price: null,
  checked_at: null,
  stale: true,
}

t.test('CSV has a column for each field of a product but how it is polled', async (t) => {
  const { head, line } = productLines({ format: 'csv' })
  const split: Record<string, string[]> = {
    registration: ['registration_status', 'registration_reason'],
    refresh: [],
  }
  const fields = Object.keys(Product.properties).flatMap((name) => split[name] ?? [name])
  t.strictSame(csvCells(head, ','), fields)
  t.strictSame(csvCells(line(product), ','), [
    product.id,
    product.name,
    product.description,
    '',
    'a\\,b\\\\, c',
    '{"colour":"dark \\"red\\""}',
    product.created_at,
    product.updated_at,
    'rejected',
    'why',
    '2',
    '',
    '',
    'true',
  ])
})

t.test('NDJSON has the product as the API gives it', async (t) => {
  const { head, line } = productLines({ format: 'ndjson' })
  t.equal(head, '')
  t.equal(line(product), `${JSON.stringify(product)}\n`)
})

const WAYS: WriteOptions[] = [
  { format: 'ndjson' },
  { format: 'csv' },
  ...DELIMITERS.map((delimiter) => ({ format: 'csv' as const, delimiter, bom: true })),
]
for (const options of WAYS) {
  t.test(`what is written can be read: ${JSON.stringify(options)}`, async (t) => {
    const { head, line } = productLines(options)
    t.equal(head.startsWith('\ufeff'), options.bom === true)
    const { records } = await recordsOf(head + line(product) + line(product), options.format)
    t.equal(records.length, 2)
    const { name, description, tags, metadata } = product
    const input = { name, description, tags, metadata }
    t.match(records, [{ input }, { input }])
  })
}
