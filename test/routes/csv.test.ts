import t from 'tap'
import { csvLine } from '../../routes/csv.ts'

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
