import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { temporaryFolder } from '../helper.ts'
import { listAll } from '../routes/helper.ts'
import { cli, startService } from './helper.ts'

const { app, url } = await startService(t)

async function fileWith(t: Test, text: string | Buffer, name: string) {
  const file = join(await temporaryFolder(t), name)
  await writeFile(file, text)
  return file
}

/** The names and descriptions of the products that a search finds. */
const found = async (q: string) =>
  (await listAll(app, `q=${q}`)).map(({ name, description }) => [name, description])

const FILES: [what: string, name: string, file: string | Buffer, flags: string[]][] = [
  [
    'columns of other names',
    'a.csv',
    'Handle,Title,Body\nm,KEY saw,Cuts',
    ['--map', 'name=title', '--map', 'description=Body'],
  ],
  [
    'columns by their places',
    'a.csv',
    'a,b,c\nm,KEY saw,Cuts',
    ['--map', 'name=#2', '--map', 'description=#3'],
  ],
  [
    'properties of other names',
    'a.jsonl',
    '{"title":"KEY saw","text":"Cuts"}',
    ['--map', 'name=title', '--map', 'description=text'],
  ],
  ['tabs', 'a.tsv', 'name\tdescription\nKEY saw\tCuts', []],
  [
    'what Excel calls Unicode text',
    'a.txt',
    Buffer.from('\ufeffname\tdescription\r\nKEY saw\tCuts\r\n', 'utf16le'),
    ['--format', 'csv'],
  ],
  ['a line that says what divides the cells', 'a.csv', 'sep=;\nname;description\nKEY saw;Cuts', []],
]
for (const [index, [what, name, text, flags]] of FILES.entries()) {
  t.test(`a file with ${what} is imported`, async (t) => {
    const key = `shop${index}`
    const file = await fileWith(t, text, name)
    const keyed = (await readFile(file, 'latin1'))
      .replace('K\0E\0Y\0', Buffer.from(key, 'utf16le').toString('latin1'))
      .replace('KEY', key)
    await writeFile(file, keyed, 'latin1')
    const { code, stderr } = await cli(['import', file, ...flags, '--url', url])
    t.match(stderr, /^1 created, 0 refused/m)
    t.equal(code, 0)
    t.strictSame(await found(key), [[`${key} saw`, 'Cuts']])
  })
}

t.test('a file is read in the encoding that is given', async (t) => {
  const file = await fileWith(t, Buffer.from('name\nSeka\xe8ka \x8e\n', 'latin1'), 'a.csv')
  const { code } = await cli(['import', file, '--encoding', 'windows-1250', '--url', url])
  t.equal(code, 0)
  t.strictSame(await found('sekacka'), [['Sekačka Ž', '']])
})

t.test('a description can be left out', async (t) => {
  const file = await fileWith(t, 'name,description\nplain,Cuts', 'a.csv')
  await cli(['import', file, '--map', 'description=', '--url', url])
  t.strictSame(await found('plain'), [['plain', '']])
})

const FAULTS: [what: string, name: string, text: string | Buffer, said: string][] = [
  [
    'another encoding',
    'a.csv',
    Buffer.from('name\nf\xfcr\n', 'latin1'),
    'Line 2 is not valid UTF-8. Save the file as UTF-8, or name its encoding, as in --encoding windows-1250',
  ],
  [
    'no column for the name',
    'a.csv',
    'Title\nMower',
    'There is no column "name". The file has: #1 "Title". Choose the columns, as in --map name=Title or --map name=#2',
  ],
  ['nothing', 'a.csv', '', 'The file is empty: its first line must name the columns'],
  ['a page', 'a.csv', '<!doctype html>', 'The file is an HTML or XML document, not CSV or NDJSON'],
  [
    'a workbook, by its name, too',
    'a.xlsx',
    'PK\u0003\u0004',
    'The file is an Excel or OpenDocument workbook, or another ZIP archive. Save the sheet as CSV, or unpack the archive',
  ],
]
for (const [what, name, text, said] of FAULTS) {
  t.test(
    `of a file with ${what}, it is told what to do and not that rows may be there`,
    async (t) => {
      const file = await fileWith(t, text, name)
      const { code, stderr } = await cli(['import', file, '--url', url])
      t.equal(code, 1)
      t.equal(stderr.replace(/^0 created, .*\n/, ''), `error: ${said}\n`)
    },
  )
}

const rows = (count: number) => Array.from({ length: count }, (_, n) => `trial ${n}\n`).join('')

t.test('a dry run says what would happen, and sends nothing', async (t) => {
  const file = await fileWith(
    t,
    `sku;Title;Text\n1;"trial ""a""";"b\n${'c'.repeat(80)}"\n2;${'x'.repeat(256)};\n3;"trial;\n${rows(3)}`,
    'a.csv',
  )
  const args = ['import', file, '--map', 'name=Title', '--map', 'description=Text', '--dry-run']
  const refused = `${file}.refused`
  // There is no service at this address.
  const nowhere = ['--refused', refused, '--url', 'http://127.0.0.1:1']
  const { code, stdout, stderr } = await cli([...args, ...nowhere])
  t.equal(code, 3)
  t.equal(stdout, '')
  t.equal(
    stderr,
    [
      `line 4 (${'x'.repeat(59)}…): The name has 256 characters; at most 255 are allowed`,
      'line 5: This row has a quote that is not closed',
      ...[6, 7, 8].map(
        (line) => `line ${line}: This row has the wrong number of cells, 1 instead of 3`,
      ),
      'not imported: sku',
      'the first rows, as they are read:',
      `  name "trial \\"a\\"", description "b\\n${'c'.repeat(57)}…"`,
      `  name "${'x'.repeat(59)}…", description ""`,
      '1 would be created, 5 refused; nothing was changed',
      '',
    ].join('\n'),
  )
  t.equal((await readFile(refused, 'utf8')).trimEnd().split('\n').length, 5)
  t.strictSame(await found('trial'), [])
})

t.test('a dry run shows five rows, and reads all', async (t) => {
  const file = await fileWith(t, `name\n${rows(2500)}`, 'a.csv')
  const { code, stderr } = await cli(['import', file, '--dry-run'])
  t.equal(code, 0)
  t.equal(stderr.match(/^ {2}name "trial \d+"$/gm)?.length, 5)
  t.match(stderr, /^2,500 would be created, 0 refused; nothing was changed\n$/m)

  const broken = await fileWith(t, Buffer.from(`name\n${rows(2500)}\xff`, 'latin1'), 'a.csv')
  const failed = await cli(['import', broken, '--dry-run'])
  t.equal(failed.code, 1)
  t.match(failed.stderr, /^error: Line 2502 is not valid UTF-8\. Save/m)
  t.notMatch(failed.stderr, /go on/)
})

t.test('a dry run refuses what the service refuses', async (t) => {
  const file = await fileWith(t, '{"name":5}\n{}\n{"name":"a\\u0000"}\n{"name":" "}', 'a.jsonl')
  const said = async (...flags: string[]) =>
    (await cli(['import', file, '--url', url, ...flags])).stderr.match(/^line .*$/gm)
  const dry = await said('--dry-run')
  t.equal(dry?.length, 4)
  t.strictSame(await said(), dry)
})
