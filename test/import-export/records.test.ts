import t from 'tap'
import type { FileFormat } from '../../import-export/format.ts'
import { recordsOf } from './helper.ts'

const QUOTES = 'Its quotes are wrong: a cell with a quote is put in quotes, with that quote doubled'
const OBJECT = 'It is not a JSON object'

type Expected = [line: number, ...input: (string | undefined)[]] | [line: number, error: Error]

/** A record that is in error. */
const bad = (line: number, message: string): Expected => [line, new Error(message)]

const CSV: [what: string, file: string, records: Expected[]][] = [
  [
    'a column',
    'name\na\nb\n',
    [
      [2, 'a', undefined],
      [3, 'b', undefined],
    ],
  ],
  ['no records', 'name,description\n', []],
  ['no line end at its end', 'name,description\na,b', [[2, 'a', 'b']]],
  [
    'line ends of Windows',
    'name,description\r\na,b\r\nc,\r\n',
    [
      [2, 'a', 'b'],
      [3, 'c', ''],
    ],
  ],
  ['a byte order mark', '\ufeffname\na', [[2, 'a', undefined]]],
  ['a byte order mark and quotes', '\ufeff"name"\na', [[2, 'a', undefined]]],
  ['columns in another order', 'description,name\nb,a', [[2, 'a', 'b']]],
  ['names of columns in any case, with blanks', ' NAME ,Description\na,b', [[2, 'a', 'b']]],
  ['semicolons', 'name;description\na,b;c', [[2, 'a,b', 'c']]],
  ['tabs', 'name\tdescription\na;b\tc', [[2, 'a;b', 'c']]],
  [
    'empty lines',
    '\n\r\nname\n\na\r\n\r\n\nb\n\n',
    [
      [5, 'a', undefined],
      [8, 'b', undefined],
    ],
  ],
  ['a line of blanks, which is a name', 'name\n \n', [[2, ' ', undefined]]],
  [
    'lines within quotes',
    'name,description\na,"1\r\n2\n\n3"\nb,c',
    [
      [2, 'a', '1\r\n2\n\n3'],
      [6, 'b', 'c'],
    ],
  ],
  [
    'quotes over a quote',
    'name\n"a\n""b""\nc"\nd',
    [
      [2, 'a\n"b"\nc', undefined],
      [5, 'd', undefined],
    ],
  ],
  [
    'protected formulas',
    "name\n'=1\n''=1\n'a",
    [
      [2, '=1', undefined],
      [3, "'=1", undefined],
      [4, "'a", undefined],
    ],
  ],
  [
    'a description left out',
    'name,description\na\nb,c',
    [
      [2, 'a', undefined],
      [3, 'b', 'c'],
    ],
  ],
  [
    'too few cells',
    'id,name,description,x\n1,a,b',
    [bad(2, 'It has the wrong number of cells, 3 instead of 4')],
  ],
  [
    'too few cells for a name',
    'description,name\nb\nb,a',
    [bad(2, 'It has the wrong number of cells, 1 instead of 2'), [3, 'a', 'b']],
  ],
  [
    'too many cells',
    'name,description\na,b,\nc,d',
    [bad(2, 'It has the wrong number of cells, 3 instead of 2'), [3, 'c', 'd']],
  ],
  ['a quote in a cell without', 'name\n5" pipe\nb', [bad(2, QUOTES), [3, 'b', undefined]]],
  ['text behind quotes', 'name,description\n"Big" mower,x\nb,c', [bad(2, QUOTES), [3, 'b', 'c']]],
  [
    'text behind quotes over lines',
    'name\n"a\nb" c\nd',
    [bad(2, `${QUOTES}; it was taken to end with line 3`), [4, 'd', undefined]],
  ],
  [
    'a quote that nothing closes',
    'name\na\n"b\nc\n',
    [
      [2, 'a', undefined],
      bad(3, 'It has a quote that nothing closes; it was taken to end with line 4'),
    ],
  ],
  ['such a quote in its last line', 'name\n"a', [bad(2, 'It has a quote that nothing closes')]],
]

const NDJSON: [what: string, file: string, records: Expected[]][] = [
  ['nothing', '', []],
  [
    'objects',
    '{"name":"a","description":"b"}\n{"name":"c"}\n',
    [
      [1, 'a', 'b'],
      [2, 'c', undefined],
    ],
  ],
  [
    'line ends of Windows',
    '{"name":"a"}\r\n{"name":"b"}',
    [
      [1, 'a', undefined],
      [2, 'b', undefined],
    ],
  ],
  [
    'blank lines',
    '\n{"name":"a"}\n \t\r\n{"name":"b"}',
    [
      [2, 'a', undefined],
      [4, 'b', undefined],
    ],
  ],
  ['a byte order mark', '\ufeff{"name":"a"}', [[1, 'a', undefined]]],
  ['an object without a name', '{}', [[1, undefined, undefined]]],
  ['text that is no formula to it', '{"name":"\'=1"}', [[1, "'=1", undefined]]],
  ['no JSON', '{"name":"a"\n{"name":"b"}', [bad(1, OBJECT), [2, 'b', undefined]]],
  [
    'JSON of another kind',
    '[]\nnull\n"a"\n1\n{"name":"b"}',
    [bad(1, OBJECT), bad(2, OBJECT), bad(3, OBJECT), bad(4, OBJECT), [5, 'b', undefined]],
  ],
  ['objects over lines', '{\n"name":"a"}', [bad(1, OBJECT), bad(2, OBJECT)]],
]

const TABLES: [FileFormat, typeof CSV][] = [
  ['csv', CSV],
  ['ndjson', NDJSON],
]
for (const [format, table] of TABLES) {
  for (const [what, file, expected] of table) {
    t.test(`${format} with ${what}`, async (t) => {
      for (const size of [1, 2, 7, undefined]) {
        const { records } = await recordsOf(file, format, size)
        const given = records.map((record) =>
          'error' in record
            ? bad(record.line, record.error)
            : [record.line, record.input.name, record.input.description],
        )
        t.same(given, expected, `in chunks of ${size}`)
      }
    })
  }
}

t.test('values of another type are for the API to refuse', async (t) => {
  const { records } = await recordsOf('{"name":5,"description":null}', 'ndjson')
  t.strictSame(records, [
    { line: 1, nextLine: 2, bytes: 29, input: { name: 5, description: null } },
  ])
})

t.test('a record says where it ends in the file, and what line is next', async (t) => {
  const places = async (file: string, format: FileFormat) =>
    (await recordsOf(file, format)).records.map(({ line, nextLine, bytes }) => [
      line,
      nextLine,
      bytes,
    ])
  t.strictSame(await places('\ufeffname\r\nč\r\n\n"a\n\nb"\nc d,e\n"f', 'csv'), [
    [2, 3, 13],
    [4, 7, 21],
    [7, 8, 27],
    [8, 9, 29],
  ])
  t.strictSame(await places('\ufeff{"name":"č"}\n\n[]', 'ndjson'), [
    [1, 2, 17],
    [3, 4, 20],
  ])
})

const IGNORED: [format: FileFormat, file: string, ignored: string[][]][] = [
  ['csv', 'name,description\na,b\n', []],
  ['csv', 'id,name, Price ,\n1,a,2,\n2,b,3,\n', [['id', ' Price ', '']]],
  ['csv', 'name,NAME\na,b\n', [['NAME']]],
  ['ndjson', '{"name":"a"}\n', []],
  ['ndjson', '{"name":"a"}\n{"id":1,"name":"b","price":2}\n{"stock":3}\n', [['id', 'price']]],
]
for (const [format, file, expected] of IGNORED) {
  t.test(`what is ignored of ${JSON.stringify(file)} is told once`, async (t) => {
    t.strictSame((await recordsOf(file, format)).ignored, expected)
  })
}

const NO_HEADER = 'The first line of the file has to name its columns, with "name" among them'
for (const file of [
  '',
  '\n\n',
  'title,text\na,b\n',
  '"name\n',
  'name|description\n',
  '"name" \n',
]) {
  t.test(`${JSON.stringify(file)} has no header`, async (t) => {
    await t.rejects(recordsOf(file, 'csv'), { message: NO_HEADER })
  })
}

t.test('a quote that nothing closes takes no more than 1 MiB with it', async (t) => {
  const row = `${'x'.repeat(99)}\n`
  const { records } = await recordsOf(`name\na\n"${row.repeat(20_000)}`, 'csv', 65_536)
  const error = 'It has a quote that nothing closes; it was taken to end with line 10488'
  t.match(records[1], { line: 3, error })
  t.match(records[2], { line: 10_489, input: { name: 'x'.repeat(99) } })
  t.equal(records.length, 2 + 20_002 - 10_488)
})

t.test('a cell in quotes may run over many lines', async (t) => {
  const text = 'line\n'.repeat(50_000)
  const { records } = await recordsOf(`name\n"${text}"\nb`, 'csv', 65_536)
  t.match(records, [{ line: 2, input: { name: text } }, { line: 50_003 }])
})
