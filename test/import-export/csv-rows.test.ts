import t from 'tap'
import { recordsOf } from './helper.ts'

const QUOTES =
  'The quotes in this row are wrong: put a cell that contains a quote in quotes, and double that quote'
const UNCLOSED = 'This row has a quote that is not closed'

/** The lines of records that are read, and of those that are refused, with why. */
async function outcome(file: string, size?: number) {
  const { records } = await recordsOf(file, 'csv', { size })
  return {
    read: records.flatMap((record) => ('input' in record ? [record.line] : [])),
    refused: records.flatMap((record) => ('error' in record ? [[record.line, record.error]] : [])),
  }
}

const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

/** A file of a header and of rows up to a line, of which some are replaced. */
function fileWith(
  replaced: Record<number, string>,
  { last = 3002, delimiter = ',', end = '\n' } = {},
): string {
  const description = (line: number) => (line % 3 ? `"Mows ""${line}"" m²${delimiter} fast"` : 'x')
  const row = (line: number) =>
    replaced[line]?.replaceAll(',', delimiter) ??
    [line, `Mower ${line}`, description(line), 5].join(delimiter)
  const header = ['id', 'name', 'description', 'price'].join(delimiter)
  return [header, ...from(2, last).map(row)].join(end)
}

const BAD: [what: string, line: string, error: string][] = [
  ['a quote that nothing closes', '2,"Mower,x,5', UNCLOSED],
  ['such a quote in the last cell', '2,Mower,x,"5', UNCLOSED],
  ['such a quote at its beginning', '"2,Mower,x,5', UNCLOSED],
  ['such a quote at its end', '2,Mower,x,"', UNCLOSED],
  ['such a quote after a blank', '2, "Mower,x,5', UNCLOSED],
  ['such a quote after a cell in quotes', '2,"Mower, big","x,5', UNCLOSED],
  ['such a quote before a doubled one', '2,"Mower ""big"",x,5', UNCLOSED],
  ['a quote in a cell without', '2,Mower 5" wide,x,5', QUOTES],
  ['a quote at the end of a cell without', '2,Mower 5",x,5', QUOTES],
  ['text after quotes', '2,"Big" mower,x,5', QUOTES],
  ['a quote that is not doubled', '2,"Big "red" mower",x,5', QUOTES],
]
const KINDS: [delimiter: string, end: string][] = [
  [',', '\r\n'],
  [';', '\n'],
  ['\t', '\r'],
]
for (const [what, line, error] of BAD) {
  t.test(`${what} costs one line of 3,002`, async (t) => {
    for (const [delimiter, end] of KINDS) {
      for (const at of [2, 3002]) {
        const file = fileWith({ [at]: line }, { delimiter, end })
        const { read, refused } = await outcome(file, 65_536)
        t.strictSame(refused, [[at, error]], `in line ${at}`)
        t.strictSame(
          read,
          from(2, 3002).filter((number) => number !== at),
        )
      }
    }
  })
}

t.test('each of several bad lines costs itself alone', async (t) => {
  for (const [, first] of BAD) {
    for (const [, second] of BAD) {
      const file = fileWith({ 2: first, 40: second, 70: second, 99: first }, { last: 99 })
      const { read, refused } = await outcome(file)
      t.strictSame(
        refused.map(([line]) => line),
        [2, 40, 70, 99],
        `${first} and ${second}`,
      )
      t.equal(read.length, 98 - 4)
    }
  }
})

const FILES: [
  what: string,
  rows: string,
  read: number[],
  refused: [line: number, error: string][],
][] = [
  [
    'cells over lines after a bad line',
    'a,"b\nc,"d\ne"\ng,"h\n\ni"\nj,k',
    [3, 5, 8],
    [[2, UNCLOSED]],
  ],
  ['a cell that ends with a line break', 'a,"b\n"\nc,d', [2, 4], []],
  [
    'a bad line in a cell over lines',
    'a,"b\nc "d" e\nf"\ng,h',
    [5],
    [
      [2, UNCLOSED],
      [3, QUOTES],
      [4, QUOTES],
    ],
  ],
  [
    'text after quotes over lines',
    'a,"b\nc" d\ne,f',
    [4],
    [
      [2, UNCLOSED],
      [3, QUOTES],
    ],
  ],
  ['an open quote in the last line', 'a,b\nc,"d', [2], [[3, UNCLOSED]]],
  ['an open quote in the last line, which ends', 'a,b\nc,"\n', [2], [[3, UNCLOSED]]],
  [
    'too many cells after quotes over lines',
    'a,"b\nc,d\ne",f,g\nh,i',
    [3, 5],
    [
      [2, 'This row has the wrong number of cells, 4 instead of 2; its quotes close in line 4'],
      [4, QUOTES],
    ],
  ],
]
for (const [what, rows, read, refused] of FILES) {
  t.test(what, async (t) => {
    for (const size of [1, 3, undefined]) {
      t.strictSame(await outcome(`name,description\n${rows}`, size), { read, refused })
    }
  })
}

t.test('a row that is short, and whose quote closes where one opens, is not closed', async (t) => {
  const file = 'id,name,x\n1,"Mower,5\n2,Saw,5\n3,"\nbig",5\n4,Spade,5'
  t.strictSame(await outcome(file), {
    read: [3, 4, 6],
    refused: [[2, UNCLOSED]],
  })
})

t.test('a quote that pairs up with one of a later line costs no row between them', async (t) => {
  const file = fileWith({ 2: '2,"Mower,x,5', 1000: '1000,Saw 5",x,5' }).replace(
    /"Mows.*fast"/g,
    'y',
  )
  const { read, refused } = await outcome(file)
  t.strictSame(refused, [
    [2, UNCLOSED],
    [1000, QUOTES],
  ])
  t.equal(read.length, 2999)
})

const TEXTS: [what: string, text: string][] = [
  ['lines', 'Mows\nlawns'],
  ['many lines', 'Mows, and\nmulches\n'.repeat(5000)],
  ['a table', 'Size, 5, cm\nWeight, 6, kg\nPower, 7, W\n'.repeat(20)],
  ['lines with quotes', `${'Size 5" wide, 6" high\n'.repeat(30)}wheels, blades, motor`],
  ['rows of another table', `\n${'1,a,b,5\n'.repeat(30)}`],
  ['one rows of which are blank', 'a\n\n\n,,,\n\nb'],
  ['quotes', '"\n"",""\n","\n"'],
]
for (const [what, text] of TEXTS) {
  t.test(`a cell in quotes may hold ${what}`, async (t) => {
    const quoted = `"${text.replaceAll('"', '""')}"`
    const file = `id,name,description,price\n1,a,${quoted},5\n2,${quoted},b,5\n3,c,d,5`
    const { records } = await recordsOf(file, 'csv', { size: 65_536 })
    t.match(records, [
      { input: { name: 'a', description: text } },
      { input: { name: text, description: 'b' } },
      { input: { name: 'c', description: 'd' } },
    ])
    t.equal(records.length, 3)
  })
}

t.test('an open quote is looked after for 1 MiB at most', async (t) => {
  const row = `${'x'.repeat(99)}\n`
  let given = 0
  async function* chunks() {
    yield Buffer.from(`name\na\n"${row}`)
    for (; given < 50; given++) yield Buffer.from(row.repeat(1000))
  }
  const { readRecords } = await import('../../import-export/records.ts')
  const records = readRecords(chunks(), { format: 'csv' })
  t.match((await records.next()).value, { line: 2 })
  t.match((await records.next()).value, { line: 3, nextLine: 4, error: UNCLOSED })
  t.ok(given < 12, `${given} chunks of 100 kB were read`)
  let count = 0
  for await (const record of records) count += 'input' in record ? 1 : 0
  t.equal(count, 50_000)
})

t.test('a line of more than 1 MiB is refused, also after an open quote', async (t) => {
  const long = 'x'.repeat(1024 * 1024 + 1)
  const file = `name\na\n${long}\nb\n"c\n${long}\nd"\ne`
  t.strictSame(await outcome(file, 65_536), {
    read: [2, 4, 8],
    refused: [
      [3, 'This line is longer than 1 MiB'],
      [5, UNCLOSED],
      [6, 'This line is longer than 1 MiB'],
      [7, QUOTES],
    ],
  })
})
