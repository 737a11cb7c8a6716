import t from 'tap'
import { findColumns, firstRows } from '../../import-export/preview.ts'
import type { ReadOptions } from '../../import-export/records.ts'
import { chunksOf } from './helper.ts'

const CSV: ReadOptions = { format: 'csv' }
const NDJSON: ReadOptions = { format: 'ndjson' }

const FILES: [
  what: string,
  file: string,
  options: ReadOptions,
  labels: string[],
  mapping: object,
][] = [
  [
    'columns',
    'id;Name;description\n1;a;b',
    CSV,
    ['id', 'Name', 'description'],
    { name: 1, description: 2 },
  ],
  [
    'columns of other names',
    'id,Title\n1,a',
    CSV,
    ['id', 'Title'],
    { name: null, description: null },
  ],
  [
    'columns without names',
    ',name,\n1,a,',
    CSV,
    ['#1', 'name', '#3'],
    { name: 1, description: null },
  ],
  [
    'two columns of a name',
    'Name,NAME\na,b',
    CSV,
    ['Name', 'NAME'],
    { name: null, description: null },
  ],
  [
    'properties',
    '{"name":"a"}\n\n[]\n{"Description":"b","x":1}',
    NDJSON,
    ['name', 'Description', 'x'],
    { name: 'name', description: 'Description' },
  ],
  ['nothing', '', NDJSON, [], { name: null, description: null }],
  [
    'many objects',
    `${'{"a":1}\n'.repeat(20)}{"b":1}`,
    NDJSON,
    ['a'],
    { name: null, description: null },
  ],
]
for (const [what, file, options, labels, mapping] of FILES) {
  t.test(`${options.format} with ${what}`, async (t) => {
    const found = await findColumns(chunksOf(file), options)
    t.strictSame(
      found.columns.map(({ label }) => label),
      labels,
    )
    t.match(found.mapping, mapping)
  })
}

t.test('the delimiter that was found is kept, whichever columns are chosen', async (t) => {
  const file = 'name;a,b,c,d\nMower;1,2,3,4'
  const { delimiter } = await findColumns(chunksOf(file), CSV)
  t.equal(delimiter, ';')
  const rows = await firstRows(chunksOf(file), { ...CSV, delimiter, mapping: { name: 1 } }, 5)
  t.match(rows, [{ name: '1,2,3,4', description: undefined }])
})

t.test('a file is read in its encoding', async (t) => {
  const file = Buffer.from('name\nSeka\xe8ka', 'latin1')
  const rows = await firstRows(chunksOf(file), { ...CSV, encoding: 'windows-1250' }, 5)
  t.match(rows, [{ name: 'Sekačka' }])
})

t.test('the first good rows are returned, and the rest of the file is not read', async (t) => {
  let read = 0
  let closed = false
  async function* chunks() {
    try {
      for await (const chunk of chunksOf(`name,x\na"\n${'b,\n'.repeat(100_000)}`, 1000)) {
        read += chunk.length
        yield chunk
      }
    } finally {
      closed = true
    }
  }
  const rows = await firstRows(chunks(), CSV, 5)
  t.equal(rows.length, 5)
  t.ok(read < 5000)
  t.equal(closed, true)
  t.strictSame(await firstRows(chunksOf(`name\n${'a"\n'.repeat(1000)}b`), CSV, 5), [])
})
