import { parse } from 'csv-parse/sync'
import t from 'tap'
import { csvCells, csvLine, DELIMITERS, type Delimiter } from '../../import-export/csv.ts'

type Cell = string | number | null

const cells: [what: string, cell: Cell, expected: string][] = [
  ['a word', 'Mower', 'Mower'],
  ['nothing', '', ''],
  ['null', null, ''],
  ['a blank', ' ', ' '],
  ['letters with diacritics and an emoji', 'sekačka 🛒', 'sekačka 🛒'],
  ['0', 0, '0'],
  ['-0', -0, '0'],
  ['a number', 41_900, '41900'],
  ['a negative number, which is no formula', -3000, '-3000'],
  ['a fraction', -6.68, '-6.68'],
  ['the highest integer', Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ['a comma', 'a,b', '"a,b"'],
  ['a quote', 'a"b', '"a""b"'],
  ['a quote alone', '"', '""""'],
  ['text in quotes', '"a"', '"""a"""'],
  ['a line feed', 'a\nb', '"a\nb"'],
  ['a carriage return', 'a\rb', '"a\rb"'],
  ['a line break', 'a\r\nb', '"a\r\nb"'],
  ['an apostrophe', "'a", "'a"],
  ['the time', '2026-01-02T03:04:05.000Z', '2026-01-02T03:04:05.000Z'],
  // What a spreadsheet would take for a formula.
  ['an equals sign first', '=1+2', "'=1+2"],
  ['a plus sign first', '+1', "'+1"],
  ['a minus sign first', '-1', "'-1"],
  ['an at sign first', '@SUM(A1)', "'@SUM(A1)"],
  ['a tab first', '\t=1', "'\t=1"],
  ['a carriage return first', '\r=1', '"\'\r=1"'],
  ['a line feed first', '\n=1', '"\'\n=1"'],
  ['a formula with a comma', '=SUM(1,2)', '"\'=SUM(1,2)"'],
  ['a formula with quotes', '=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
  ['a formula in quotes', '"=1', '"""=1"'],
  ['apostrophes and an equals sign', "''=1", "'''=1"],
  ['such a sign further on', 'a=1+2-3@4', 'a=1+2-3@4'],
  ['such a sign in a later line', 'a\n=1', '"a\n=1"'],
]
for (const [what, cell, expected] of cells) {
  t.test(`a cell of CSV: ${what}`, async (t) => {
    t.equal(csvLine([cell]), `${expected}\r\n`)
  })
}

const lines: [what: string, cells: Cell[], expected: string][] = [
  ['cells', ['a', 1, 'b'], 'a,1,b'],
  ['empty cells', [null, '', null], ',,'],
  ['each cell by itself', ['=1', -1, 'a,b', null], '\'=1,-1,"a,b",'],
  ['no cells', [], ''],
]
for (const [what, cells, expected] of lines) {
  t.test(`a line of CSV: ${what}`, async (t) => {
    t.equal(csvLine(cells), `${expected}\r\n`)
  })
}

const records: [what: string, delimiter: Delimiter, record: string, cells: unknown][] = [
  ['nothing', ',', '', ['']],
  ['a cell', ',', 'a', ['a']],
  ['cells', ',', 'a,b c,ž', ['a', 'b c', 'ž']],
  ['empty cells', ',', ',,', ['', '', '']],
  ['a line end', ',', 'a,b\n', ['a', 'b']],
  ['a line end of Windows', ',', 'a,\r\n', ['a', '']],
  ['semicolons', ';', 'a;b,c', ['a', 'b,c']],
  ['tabs', '\t', 'a\tb,c;d', ['a', 'b,c;d']],
  ['quotes', ',', '"a","b,c"', ['a', 'b,c']],
  ['quotes around nothing', ',', '"",""\r\n', ['', '']],
  ['quotes within quotes', ',', '"a ""b""",""""', ['a "b"', '"']],
  ['a line end within quotes', ',', '"a\r\nb",c\n', ['a\r\nb', 'c']],
  ['blanks, which belong to a cell', ',', ' a , b ', [' a ', ' b ']],
  ['blanks around quotes', ',', ' "a" ,\t" b "\t,"c" \n', ['a', ' b ', 'c']],
  ['blanks around quotes between tabs', '\t', ' "a" \t"b"\t\t "c"', ['a', 'b', '', 'c']],
  ['an old Mac’s line end', ',', 'a,"b"\r', ['a', 'b']],
  ['bars', '|', 'a|"b|c"|d,e', ['a', 'b|c', 'd,e']],
  ['an apostrophe before a formula', ',', "'=1,''=1", ['=1', "'=1"]],
  ['an apostrophe before other text', ',', "'a,''a,'", ["'a", "''a", "'"]],
  ['an apostrophe behind text', ',', "a'=1", ["a'=1"]],
  ['an open quote', ',', 'a,"b', 'open'],
  ['an open quote and a line end', ',', '"b\r\n', 'open'],
  ['an open quote with a quote in it at its end', ',', '"b""', 'open'],
  ['a quote alone', ',', '"', 'open'],
  ['a quote in a cell without', ',', 'a,5" pipe', 'malformed'],
  ['text behind quotes', ',', '"a"b,c', 'malformed'],
  ['text before quotes', ',', 'a,b "c"', 'malformed'],
  ['an open quote after a blank', ',', 'a, "b', 'open'],
  ['a quote that is not doubled', ',', '"a "b" c"', 'malformed'],
  ['a carriage return without quotes', ',', 'a\rb', 'malformed'],
  ['a delimiter behind which is an open quote', ';', '"a";"', 'open'],
]
for (const [what, delimiter, record, cells] of records) {
  t.test(`a record of CSV with ${what}`, async (t) => {
    t.strictSame(csvCells(record, delimiter), cells)
  })
}

/** All texts of up to so many of these characters. */
function texts(characters: string[], length: number): string[] {
  if (length === 0) return ['']
  const shorter = texts(characters, length - 1)
  const longest = shorter.filter((text) => text.length === length - 1)
  return [...shorter, ...longest.flatMap((text) => characters.map((next) => text + next))]
}

for (const delimiter of DELIMITERS) {
  t.test(`every text between ${JSON.stringify(delimiter)} comes back as it was`, async (t) => {
    const cells = texts(["'", '=', ' ', '"', ',', ';', '\t', '|', '\r', '\n', 'a'], 4)
    for (const cell of cells) {
      const read = csvCells(csvLine([cell, '', cell], delimiter), delimiter)
      if (String(read) !== String([cell, '', cell])) t.strictSame(read, [cell, '', cell])
    }
    t.equal(cells.length, 16_105)
  })
}

/** The records of a text as csv-parse reads them; nothing where it refuses them. */
function parsed(text: string, delimiter: Delimiter): string[][] | undefined {
  try {
    // csv-parse needs an option for spaces around quotes.
    return parse(text, { delimiter, relax_column_count: true, trim: text.includes(' ') })
  } catch {
    return undefined
  }
}

for (const delimiter of DELIMITERS) {
  t.test(
    `records between ${JSON.stringify(delimiter)} mean what they mean to csv-parse`,
    async (t) => {
      for (const text of texts(['a', ' ', '"', '\n', delimiter], 6)) {
        const cells = csvCells(text, delimiter)
        // csv-parse forgets the first cell of `"" ""`.
        if (cells === 'malformed' && /"" +"/.test(text)) continue
        const expected = parsed(text, delimiter)
        // Those are several records, of which it drops empty ones.
        if (expected && (expected.length !== 1 || /^ *\n|\n +$/.test(text))) continue
        const trimmed = (cells: string[] = []) => String(cells.map((cell) => cell.trim()))
        const same =
          typeof cells === 'string'
            ? !expected
            : expected && trimmed(cells) === trimmed(expected[0])
        if (!same) t.strictSame(cells, expected?.[0], JSON.stringify(text))
      }
    },
  )
}
