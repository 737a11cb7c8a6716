import { parse } from 'csv-parse/sync'
import t from 'tap'
import { csvLine, DELIMITERS, type Delimiter } from '../../import-export/csv.ts'
import { recordsOf } from './helper.ts'

/** Numbers from 0 to 1 that look random, the same ones in each run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Random = () => number

const oneOf = <T>(random: Random, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)] as T

/** Pieces of texts with which readers of CSV go wrong. */
const PIECES = [
  'Mower',
  ' ',
  '"',
  '""',
  ',',
  ';',
  '\t',
  '|',
  '\n',
  '\r\n',
  '\r',
  "'",
  '=1',
  'č🛒',
  '\u00a0',
  '5"',
  '\\',
]

function textFrom(random: Random): string {
  const pieces = Array.from({ length: Math.floor(random() * 6) }, () => oneOf(random, PIECES))
  return pieces.join('')
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
const needsQuotes = (text: string) => /["\r\n,;\t|]/.test(text)

/** How programs write a cell: in quotes where it must be, always, or with blanks around. */
const WRITERS: Record<string, (text: string, random: Random) => string> = {
  'quotes where they must be': (text) => (needsQuotes(text) ? quoted(text) : text),
  'quotes everywhere': quoted,
  'quotes now and then': (text, random) =>
    needsQuotes(text) || random() < 0.5 ? quoted(text) : text,
  'blanks around quotes': (text) => ` ${quoted(text)}  `,
}

const BAD_ROWS = ['x"y', '"x', '"x"y', 'x,"y', '"a" "b"']

interface Table {
  delimiter: Delimiter
  end: string
  /** How many of a hundred rows are bad ones. */
  bad: number
  cell(text: string, random: Random): string
}

/** A file of random rows, what it holds, and how many of its rows are wrong. */
function tableFrom(random: Random, { delimiter, end, bad, cell }: Table) {
  const lines = [['id', 'name', 'description', 'price'].join(delimiter)]
  const products: string[][] = []
  let wrong = 0
  for (let row = 0; row < 60; row++) {
    if (random() * 100 < bad) {
      lines.push(oneOf(random, BAD_ROWS).replaceAll(',', delimiter))
      wrong += 1
      continue
    }
    if (random() < 0.1) lines.push('')
    const product = [`name ${row} ${textFrom(random)}`, textFrom(random)]
    products.push(product)
    lines.push([String(row), ...product, '5'].map((text) => cell(text, random)).join(delimiter))
  }
  return { file: lines.join(end), products, wrong }
}

/** Before a formula, an apostrophe is taken away: that is how an export protects it. */
const asRead = (text: string) => text.replace(/^'('*[=+\-@\t\r\n])/, '$1')

for (const [writer, cell] of Object.entries(WRITERS)) {
  t.test(`random tables with ${writer} are read as they were`, async (t) => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomFrom(seed)
      const delimiter = oneOf(random, DELIMITERS)
      const end = oneOf(random, ['\n', '\r\n', '\r'])
      const { file, products } = tableFrom(random, { delimiter, end, bad: 0, cell })
      const { records } = await recordsOf(file, 'csv', { size: 1000 })
      const read = records.map((record) =>
        'input' in record ? [record.input.name, record.input.description] : record,
      )
      t.strictSame(
        read,
        products.map((product) => product.map(asRead)),
        `seed ${seed}`,
      )
    }
  })
}

t.test('of random tables, bad rows are refused, and no others', async (t) => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = randomFrom(seed)
    const delimiter = oneOf(random, DELIMITERS)
    const end = oneOf(random, ['\n', '\r\n', '\r'])
    const cell = (text: string) => quoted(text.replace(/\r|\n/g, ''))
    const { file, products, wrong } = tableFrom(random, { delimiter, end, bad: 10, cell })
    const { records } = await recordsOf(file, 'csv', { size: 1000 })
    const refused = records.filter((record) => 'error' in record)
    t.same(
      [records.length - refused.length, refused.length],
      [products.length, wrong],
      `seed ${seed}`,
    )
  }
})

t.test('what is written here, csv-parse reads as it was', async (t) => {
  for (const delimiter of DELIMITERS) {
    const random = randomFrom(delimiter.charCodeAt(0))
    const rows = Array.from({ length: 500 }, () => ['id', textFrom(random), textFrom(random)])
    const file = rows.map((row) => csvLine(row, delimiter)).join('')
    const read: string[][] = parse(file, { delimiter, record_delimiter: '\r\n' })
    t.strictSame(
      read.map((row) => row.map(asRead)),
      rows,
    )
  }
})
