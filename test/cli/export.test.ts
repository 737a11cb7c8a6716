import { execFileSync } from 'node:child_process'
import { lstat, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import type { NewProduct, Product } from '../../schemas/product.ts'
import { temporaryFolder } from '../helper.ts'
import { recordsOf } from '../import-export/helper.ts'
import { createAll, listAll } from '../routes/helper.ts'
import { cli, startServer, startService } from './helper.ts'

const ODD: NewProduct[] = [
  { name: 'Mower, "big"', description: 'two\r\nlines\n', tags: ['a, b', '\\', 'ž'], metadata: {} },
  { name: '=1+1', description: "'=1", tags: ['=1'], metadata: { 'a "b"': 'c,\nd' } },
  { name: "'quoted'", description: '\t-5 °C' },
  { name: 'Sekačka 🛒', description: '' },
  { name: '"', description: ';\t,' },
]
const COUNT = 450

const { app, url } = await startService(t)
const names = Array.from({ length: COUNT - ODD.length }, (_, n) => ({ name: `p${n}` }))
await createAll(app, [...ODD, ...names])

const FILES: [name: string, flags: string[], head: string][] = [
  ['products.ndjson', [], '{"id":'],
  ['products.csv', [], 'id,name,'],
  ['products.tsv', [], 'id\tname\t'],
  ['excel.csv', ['--bom', '--delimiter', ';'], '\ufeffid;name;'],
  ['tabs.csv', ['--delimiter', 'tab'], 'id\tname\t'],
  ['commas.tsv', ['--delimiter', ','], 'id,name,'],
  ['bars.txt', ['--format', 'csv', '--delimiter', '|'], 'id|name|'],
]
for (const [name, flags, head] of FILES) {
  t.test(`what is exported to ${name} ${flags.join(' ')} can be imported`, async (t) => {
    const to = await startService(t)
    const file = join(await temporaryFolder(t), name)
    const { code, stdout, stderr } = await cli(['export', '--output', file, ...flags, '--url', url])
    t.match(stderr, /^450 exported, in [\d.]+ s\n$/)
    t.same([code, stdout], [0, ''])
    t.ok((await readFile(file, 'utf8')).startsWith(head))
    const format = name.endsWith('.txt') ? ['--format', 'csv'] : []
    t.equal((await cli(['import', file, ...format, '--url', to.url])).code, 0)
    const imported = await listAll(to.app, 'sort=created_at&limit=200')
    t.equal(imported.length, COUNT)
    t.strictSame(
      imported.slice(0, ODD.length).map(({ name, description, tags, metadata }) => ({
        ...{ name, description, tags, metadata },
      })),
      ODD.map((item) => ({ tags: [], metadata: {}, ...item })),
    )
  })
}

t.test('standard output gets all products as CSV, the oldest first', async (t) => {
  const { code, stdout } = await cli(['export', '--url', url])
  t.equal(code, 0)
  t.match(stdout, /^id,name,description,external_id,tags,metadata,created_at,/)
  const { records } = await recordsOf(stdout, 'csv')
  const all = await listAll(app, 'sort=created_at&limit=200')
  t.equal(all.length, COUNT)
  t.match(
    records,
    all.map(({ name, description }) => ({ input: { name, description } })),
  )
})

t.test('NDJSON has the products as the API gives them', async (t) => {
  const { stdout } = await cli(['export', '--format', 'ndjson', '--url', url])
  const all = await listAll(app, 'sort=created_at&limit=200')
  // The service goes on trying to register them, which moves `refresh`.
  const lasting = ({ refresh: _, ...product }: Product) => product
  const lines = stdout.trimEnd().split('\n')
  t.strictSame(
    lines.map((line) => lasting(JSON.parse(line))),
    all.map(lasting),
  )
})

t.test('a search exports what it finds', async (t) => {
  const args = ['export', '--q', 'sekacka', '--format', 'ndjson', '--url', url]
  const { stdout } = await cli(args)
  t.match(stdout, /^.*"name":"Sekačka 🛒".*\n$/)
})

t.test('a terminal is shown how far it is, where the products go elsewhere', async (t) => {
  const args = ['export', '--url', url]
  const piped = await cli(args, { terminal: ['stderr'] })
  t.match(piped.stderr, /0% \| 0 exported \|/)
  t.match(piped.stderr, /100% \| 450 exported \|/)

  const searched = await cli([...args, '--q', 'mower'], { terminal: ['stderr'] })
  t.match(searched.stderr, /1 exported/)
  t.notMatch(searched.stderr, /%/)

  const file = join(await temporaryFolder(t), 'products.csv')
  const written = await cli([...args, '--output', file], { terminal: ['stdout', 'stderr'] })
  t.match(written.stderr, /100% \| 450 exported \|/)

  const shown = await cli(args, { terminal: ['stdout', 'stderr'] })
  t.match(shown.stderr, /^450 exported, in [\d.]+ s\n$/)
})

/** A service that has one page, and then something else. */
const startFailing = (t: Test, then: () => void) =>
  startServer(t, ({ url = '' }, response) => {
    if (url.includes('cursor')) then()
    const answers = { products: 400, items: [], next_cursor: 'more' }
    response.statusCode = url.includes('cursor') ? 500 : 200
    response.end(JSON.stringify(answers))
  })

t.test('a file is not replaced by half an export', async (t) => {
  const url = await startFailing(t, () => {})
  const folder = await temporaryFolder(t)
  const file = join(folder, 'products.csv')
  await writeFile(file, 'old')
  const { code, stderr } = await cli(['export', '--output', file, '--url', url])
  t.equal(code, 1)
  t.equal(stderr, `error: The service at ${url} answered 500\n`)
  t.equal(await readFile(file, 'utf8'), 'old')
  t.same(await readdir(folder), ['products.csv'])
})

t.test('an export can be interrupted', async (t) => {
  const controller = new AbortController()
  const url = await startFailing(t, () => controller.abort())
  const folder = await temporaryFolder(t)
  const file = join(folder, 'products.csv')
  const { code, stderr } = await cli(['export', '--output', file, '--url', url], controller)
  t.same([code, stderr], [130, 'error: interrupted\n'])
  t.same(await readdir(folder), [])
})

t.test('a missing folder is reported', async (t) => {
  const file = join(await temporaryFolder(t), 'none', 'products.csv')
  const { code, stderr } = await cli(['export', '--output', file, '--url', url])
  t.equal(code, 1)
  t.equal(stderr, `error: there is no folder ${dirname(file)}\n`)
})

t.test('a pipe is written to, not replaced', async (t) => {
  const pipe = join(await temporaryFolder(t), 'pipe.csv')
  execFileSync('mkfifo', [pipe])
  const reading = readFile(pipe, 'utf8')
  const { code } = await cli(['export', '--output', pipe, '--url', url])
  t.equal(code, 0)
  t.equal(await reading, (await cli(['export', '--url', url])).stdout)
  t.ok((await lstat(pipe)).isFIFO())
})
