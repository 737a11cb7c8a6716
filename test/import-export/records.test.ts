import t from 'tap'
import type { FileFormat } from '../../import-export/format.ts'
import { recordsOf } from './helper.ts'

const QUOTES =
  'The quotes in this row are wrong: put a cell that contains a quote in quotes, and double that quote'
const OBJECT = 'This line is not a JSON object'

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
  [
    'one column, in which a cell in quotes is empty',
    'name\n""\n \na',
    [
      [2, '', undefined],
      [4, 'a', undefined],
    ],
  ],
  [
    'rows that are blank',
    'name,description\n,\na,b\n \n"",""\n,,,\n\t, \nc,d\n,\n,',
    [
      [3, 'a', 'b'],
      [8, 'c', 'd'],
    ],
  ],
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
  ['cells left out that are not read', 'id,name,description,x,y\n1,a,b', [[2, 'a', 'b']]],
  ['cells left out after the name', 'name,x\na', [[2, 'a', undefined]]],
  ['a cell left out before the description', 'name,x,description\na,1', [[2, 'a', undefined]]],
  [
    'cells left out after quotes over lines',
    'name,description,x\na,"b\nc"\nd,e,f',
    [
      [2, 'a', 'b\nc'],
      [4, 'd', 'e'],
    ],
  ],
  [
    'too few cells',
    'id,name,description,x\n1,a\n2,c,d',
    [bad(2, 'This row has the wrong number of cells, 2 instead of 4'), [3, 'c', 'd']],
  ],
  [
    'too many cells that are blank',
    'name,description\na,b,\nc,d, ,""',
    [
      [2, 'a', 'b'],
      [3, 'c', 'd'],
    ],
  ],
  [
    'too few cells for a name',
    'description,name\nb\nb,a',
    [bad(2, 'This row has the wrong number of cells, 1 instead of 2'), [3, 'a', 'b']],
  ],
  [
    'too many cells',
    'name,description\na,b,,x\nc,d',
    [bad(2, 'This row has the wrong number of cells, 4 instead of 2'), [3, 'c', 'd']],
  ],
  ['a quote in a cell without', 'name\n5" pipe\nb', [bad(2, QUOTES), [3, 'b', undefined]]],
  ['text behind quotes', 'name,description\n"Big" mower,x\nb,c', [bad(2, QUOTES), [3, 'b', 'c']]],
  ['blanks around quotes', 'name, description\n "a" , "b, c" \n', [[2, 'a', 'b, c']]],
  ['blanks around quotes in its header', ' "name" ;\t"description"\na;b', [[2, 'a', 'b']]],
  ['a header over lines', 'id,"long\nname",name\n1,x,a', [[3, 'a', undefined]]],
  ['bars', 'id|name\n1|a,b', [[2, 'a,b', undefined]]],
  [
    'line ends of an old Mac',
    'name,description\ra,"b\rc"\rd,e',
    [
      [2, 'a', 'b\rc'],
      [4, 'd', 'e'],
    ],
  ],
  [
    'line ends of all kinds',
    'name\r\na\rb\nc',
    [
      [2, 'a', undefined],
      [3, 'b', undefined],
      [4, 'c', undefined],
    ],
  ],
  ['a line that says what divides the cells', 'sep=;\nname;description\na,b;c', [[3, 'a,b', 'c']]],
  [
    'the same with a tab, in quotes',
    '\ufeff"SEP=\t" \r\n\r\nname\tid\na\t1',
    [[4, 'a', undefined]],
  ],
  ['a column called sep=', 'name,sep=\na,b', [[2, 'a', undefined]]],
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
  ['a description that is null', '{"name":"a","description":null}', [[1, 'a', undefined]]],
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
        const { records } = await recordsOf(file, format, { size })
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
  const { records } = await recordsOf('{"name":5,"description":[]}', 'ndjson')
  t.match(records, [{ line: 1, nextLine: 2, bytes: 27, input: { name: 5, description: [] } }])
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
  ['csv', 'id,name, Price ,\n1,a,2,\n2,b,3,\n', [['id', 'Price']]],
  ['csv', 'name,NAME\na,b\n', [['NAME']]],
  ['ndjson', '{"name":"a"}\n', []],
  ['ndjson', '{"name":"a"}\n{"id":1,"name":"b","price":2}\n{"stock":3}\n', [['id', 'price']]],
]
for (const [format, file, expected] of IGNORED) {
  t.test(`what is ignored of ${JSON.stringify(file)} is reported once`, async (t) => {
    t.strictSame((await recordsOf(file, format)).ignored, expected)
  })
}

t.test('an object of more than 1 MiB is refused', async (t) => {
  const file = `{"name":"a"}\n{"name":"${'x'.repeat(1024 * 1024)}"}\n{"name":"b"}`
  const { records } = await recordsOf(file, 'ndjson', { size: 65_536 })
  t.match(records, [
    { line: 1, input: { name: 'a' } },
    { line: 2, error: 'This line is longer than 1 MiB' },
    { line: 3, input: { name: 'b' } },
  ])
})
