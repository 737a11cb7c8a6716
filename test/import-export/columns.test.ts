import t from 'tap'
import type { Mapping } from '../../import-export/fields.ts'
import type { FileFormat } from '../../import-export/format.ts'
import { recordsOf } from './helper.ts'

const SHOP = 'Handle,Title,Body (HTML),Vendor\nm,Mower,<p>Mows</p>,Acme\n'

const MAPPED: [what: string, format: FileFormat, file: string, mapping: Mapping, input: object][] =
  [
    [
      'columns by name',
      'csv',
      SHOP,
      { name: 'Title', description: 'Body (HTML)' },
      ['Mower', '<p>Mows</p>'],
    ],
    [
      'in any case, with blanks',
      'csv',
      SHOP,
      { name: ' TITLE ', description: 'body (html)' },
      ['Mower', '<p>Mows</p>'],
    ],
    ['columns by place', 'csv', SHOP, { name: 1, description: 3 }, ['Mower', 'Acme']],
    ['one column for two fields', 'csv', SHOP, { name: 1, description: 1 }, ['Mower', 'Mower']],
    ['a name alone', 'csv', SHOP, { name: 'Title' }, ['Mower', undefined]],
    [
      'a name, beside a description',
      'csv',
      'Title,Description\na,b',
      { name: 'title' },
      ['a', 'b'],
    ],
    [
      'a description that is not to be read',
      'csv',
      'name,description\na,b',
      { description: null },
      ['a', undefined],
    ],
    [
      'the exact name of several',
      'csv',
      'NAME,name,Name\na,b,c',
      { name: 'Name' },
      ['c', undefined],
    ],
    ['one of two of a name by its place', 'csv', 'name,name\na,b', { name: 1 }, ['b', undefined]],
    ['a column without a name', 'csv', 'id,\n1,a', { name: 1 }, ['a', undefined]],
    [
      'a name that is written otherwise in Unicode',
      'csv',
      'Na\u0301zev;Cena\na;5',
      { name: 'N\u00e1zev' },
      ['a', undefined],
    ],
    [
      'columns between semicolons',
      'csv',
      'A, B;Title;C\n1;a;2',
      { name: 'Title' },
      ['a', undefined],
    ],
    ['a place between semicolons', 'csv', 'A, B;Title;C\n1;a;2', { name: 1 }, ['a', undefined]],
    [
      'properties',
      'ndjson',
      '{"title":"a","Text":"b"}',
      { name: 'Title', description: 'Text' },
      ['a', 'b'],
    ],
    [
      'a property that is not to be read',
      'ndjson',
      '{"name":"a","description":"b"}',
      { description: null },
      ['a', undefined],
    ],
    ['properties in another case', 'ndjson', '{"Name":"a","DESCRIPTION":"b"}', {}, ['a', 'b']],
  ]
for (const [what, format, file, mapping, expected] of MAPPED) {
  t.test(`${format}: ${what}`, async (t) => {
    const { records } = await recordsOf(file, format, { mapping })
    t.strictSame(
      records.map((record) => 'input' in record && [record.input.name, record.input.description]),
      [expected],
    )
  })
}

const COLUMNS = '#1 "Handle", #2 "Title", #3 "Body (HTML)", #4 "Vendor"'

const FAULTS: [what: string, file: string, mapping: Mapping, message: string][] = [
  ['no column for the name', SHOP, {}, `There is no column "name". The file has: ${COLUMNS}`],
  [
    'a column that is not there',
    SHOP,
    { name: 'Titel' },
    `There is no column "Titel". The file has: ${COLUMNS}`,
  ],
  [
    'a column for the description that is not there',
    SHOP,
    { name: 'Title', description: 'Text' },
    `There is no column "Text". The file has: ${COLUMNS}`,
  ],
  [
    'a place that is not there',
    SHOP,
    { name: 4 },
    `There is no column #5. The file has: ${COLUMNS}`,
  ],
  [
    'a name that is not to be read',
    SHOP,
    { name: null },
    `The name needs a column. The file has: ${COLUMNS}`,
  ],
  [
    'two columns of a name',
    'Name,id,NAME\na,1,b',
    {},
    'Several columns are called "name". The file has: #1 "Name", #2 "id", #3 "NAME"',
  ],
  [
    'two columns of exactly a name',
    'x,x,name\na,1,b',
    { description: 'x' },
    'Several columns are called "x". The file has: #1 "x", #2 "x", #3 "name"',
  ],
  [
    'a delimiter that is not known',
    'name:description\na:b',
    {},
    'There is no column "name". The file has: #1 "name:description"',
  ],
]
for (const [what, file, mapping, message] of FAULTS) {
  t.test(`it reports ${what}`, async (t) => {
    await t.rejects(recordsOf(file, 'csv', { mapping }), { message, remedy: 'columns' })
  })
}

const QUOTES = 'The quotes in the header line are wrong: close each one'
const EMPTY = 'The file is empty: its first line must name the columns'

const HEADERS: [what: string, file: string, message: string][] = [
  ['nothing', '', EMPTY],
  ['empty lines', '\n\r\n,,\n', EMPTY],
  ['a delimiter alone', 'sep=;\n', EMPTY],
  [
    'an unknown delimiter',
    'sep=:\nname\na',
    'The delimiter ":" is not supported; use a comma, ";", "|" or a tab',
  ],
  ['an open quote in its header', `name,"description\n${'a,b\n'.repeat(30_000)}`, QUOTES],
  [
    'an open quote before a line that is too long',
    `name,"description\n${'a'.repeat(2 ** 21)}`,
    QUOTES,
  ],
  ['a quote amid its header', 'name,size 5"\na,b', QUOTES],
  ['text after quotes in its header', '"name" of it,id\na,b', QUOTES],
]
for (const [what, file, message] of HEADERS) {
  t.test(`a file with ${what} has no header`, async (t) => {
    await t.rejects(recordsOf(file, 'csv', { size: 65_536 }), { message, remedy: undefined })
  })
}

t.test('a header that is too long names no column', async (t) => {
  const file = `\n${'name,'.repeat(300_000)}\na`
  await t.rejects(recordsOf(file, 'csv'), { message: /^There is no column "name"/ })
})

t.test('an object without the property of the name is refused', async (t) => {
  const { records } = await recordsOf('{"titel":"a"}\n{"title":"b"}', 'ndjson', {
    mapping: { name: 'title' },
  })
  t.match(records, [
    { line: 1, error: 'This object has no property "title"' },
    { line: 2, input: { name: 'b' } },
  ])
})

t.test('what is mapped is not ignored', async (t) => {
  const mapping = { name: 'Title', description: 3 }
  t.strictSame((await recordsOf(SHOP, 'csv', { mapping })).ignored, [['Handle', 'Body (HTML)']])
  const object = '{"title":"a","name":"b","text":"c"}'
  t.strictSame((await recordsOf(object, 'ndjson', { mapping: { name: 'Title' } })).ignored, [
    ['name', 'text'],
  ])
})
