import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { ProductQuery } from '../../db/store.ts'
import { soughtWords } from '../../search/query.ts'
import { create, list } from '../routes/helper.ts'
import { becomes, textsOf } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, app } = await serveStill(t)

const place = `${url}/#/import`
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
const heading = (page: Page, name: string) => page.getByRole('heading', { name })
const refused = (page: Page) => page.locator('tbody tr')

/** Chooses a file with this text and starts its import. */
async function importFile(page: Page, name: string, text: string | Buffer): Promise<void> {
  const buffer = Buffer.from(text)
  await page.getByLabel('File').setInputFiles({ name, mimeType: 'text/plain', buffer })
  await button(page, /^Import$/).click()
}

/** The names that a search finds, in alphabetical order. */
async function namesOf(word: string): Promise<string[]> {
  const { items } = await list(app, `q=${word}&sort=name&limit=200`)
  return items.map(({ name }) => name)
}

/** A CSV file with this many products. */
function products(word: string, count: number): string {
  const line = (_: unknown, index: number) => `${word} ${String(index).padStart(4, '0')}`
  return ['name', ...Array.from({ length: count }, line)].join('\n')
}

/** How many products a search finds, all of different names. */
async function countOf(word: string): Promise<number> {
  const query: ProductQuery = { sort: 'created_at', words: soughtWords(word), limit: 10_000 }
  const { items } = await app.store.products(query)
  return new Set(items.map(({ name }) => name)).size
}

const files: [format: string, name: string, text: string, refused: string[][]][] = [
  [
    'CSV',
    'garden.CSV',
    'name,description,price\r\ncsv mower,"Mows\r\nlawns",5\r\n,nameless,\r\ncsv saw,,\r\none\r\n',
    [
      ['4', '', 'Give the product a name: this one is blank'],
      ['6', '', 'This row has the wrong number of cells, 1 instead of 3'],
    ],
  ],
  [
    'NDJSON',
    'garden.ndjson',
    '{"name": "ndjson mower", "price": 5}\n{"name": 7}\n\n[]\n{"name": "ndjson saw"}',
    [
      ['2', '', 'The name must be text'],
      ['4', '', 'This line is not a JSON object'],
    ],
  ],
]
for (const [format, name, text, wanted] of files) {
  test(`${format} is imported, and what is refused is listed with its line`, async (t, open) => {
    const page = await open(place)
    await importFile(page, name, text)
    await heading(page, `Imported ${name}`).waitFor()
    await page.getByText('2 created, 2 refused (100 %)').waitFor()
    const bar = page.getByRole('progressbar')
    t.equal(await bar.getAttribute('value'), await bar.getAttribute('max'))
    await heading(page, '2 refused rows').waitFor()
    for (const [index, [line, called, why = '']] of wanted.entries()) {
      const cells = await textsOf(refused(page).nth(index).locator('td'))
      t.strictSame(cells.slice(0, 2), [line, called])
      t.match(cells[2], why)
    }
    await page.getByText('Not imported: price').waitFor()
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      button(page, 'Save the list').click(),
    ])
    const kept = await readFile(await saved.path(), 'utf8')
    const lines = kept.trim().split('\r\n')
    t.equal(lines.length, 1 + wanted.length)
    for (const [index, [line = '', , why = '']] of wanted.entries()) {
      t.ok(lines[index + 1]?.startsWith(`${line},`))
      t.match(lines[index + 1], why)
    }
    const word = format.toLowerCase()
    t.strictSame(await namesOf(word), [`${word} mower`, `${word} saw`])
    await page.getByRole('link', { name: 'See the catalogue' }).click()
    await page.getByRole('link', { name: `${word} saw` }).waitFor()
  })
}

test('a file that cannot be read is reported, with what to do', async (t, open) => {
  const page = await open(place)
  for (const [name, text, why] of [
    [
      'garden.txt',
      'name\nMower',
      'The name of the file must end in .csv, .tsv, .ndjson or .jsonl.',
    ],
    ['garden.xlsx', 'PK\u0003\u0004', 'The file is an Excel or OpenDocument workbook'],
    ['garden.csv', '', 'The file is empty: its first line must name the columns.'],
    ['garden.csv', 'name\nSeka\xe8ka', 'Save the file as UTF-8, or choose its encoding.'],
  ] as const) {
    await importFile(page, name, Buffer.from(text, 'latin1'))
    await page.getByRole('alert').filter({ hasText: why }).waitFor()
  }
  t.strictSame(await namesOf('seka'), [])
  t.equal(await page.getByText('may already have been created').count(), 0)
})

const select = (page: Page, name: string) => page.getByRole('combobox', { name })
const preview = (page: Page) =>
  page.getByRole('region', { name: 'The first rows' }).locator('tbody tr')

test('columns of other names are chosen, and what they give is shown', async (t, open) => {
  const page = await open(place)
  const text = 'SKU,Title,Text\n1,chosen mower,"Mows\nlawns"\n2,chosen saw,\n3,,x\n'
  await importFile(page, 'shop.csv', text)
  await page.locator('select:invalid:focus').waitFor()
  t.equal(await preview(page).count(), 0)
  await select(page, 'Name').selectOption('Title')
  await page.getByRole('cell', { name: 'chosen mower' }).waitFor()
  t.match(await textsOf(preview(page).nth(0).locator('td')), ['chosen mower', ''])
  await select(page, 'Description').selectOption('Text')
  await page.getByRole('cell', { name: 'Mows lawns' }).waitFor()
  t.equal(await preview(page).count(), 3)
  await button(page, /^Import$/).click()
  await page.getByText('2 created, 1 refused (100 %)').waitFor()
  await page.getByText('Not imported: SKU').waitFor()
  const { items } = await list(app, 'q=chosen&sort=name')
  t.strictSame(
    items.map(({ name, description }) => [name, description]),
    [
      ['chosen mower', 'Mows\nlawns'],
      ['chosen saw', ''],
    ],
  )
})

test('properties of other names are chosen, and a description can be left out', async (t, open) => {
  const page = await open(place)
  const text = '{"title":"picked mower","description":"Mows"}\n{"title":"picked saw"}\n[]\n'
  await importFile(page, 'shop.jsonl', text)
  await select(page, 'Name').selectOption('title')
  await page.getByRole('cell', { name: 'Mows' }).waitFor()
  await select(page, 'Description').selectOption('Not imported')
  await page.getByRole('cell', { name: 'Mows' }).waitFor({ state: 'detached' })
  await button(page, /^Import$/).click()
  await page.getByText('2 created, 1 refused (100 %)').waitFor()
  const { items } = await list(app, 'q=picked')
  t.strictSame(new Set(items.map(({ description }) => description)), new Set(['']))
})

test('a file is read in the encoding that is chosen', async (t, open) => {
  const page = await open(place)
  const rows = Array.from({ length: 1200 }, (_, row) => `encoded ${row}`)
  const text = ['name;popis', ...rows, 'encoded Seka\xe8ka'].join('\n')
  await importFile(page, 'shop.csv', Buffer.from(text, 'latin1'))
  await page.getByText('Line 1202 is not valid UTF-8').waitFor()
  await page.getByText('Everything before line 1,002 is done').waitFor()
  t.equal(await page.getByText('may already have been created').count(), 0)
  await select(page, 'Encoding').selectOption('Windows-1250 (Central European)')
  await page.getByRole('cell', { name: 'encoded 4' }).waitFor()
  await button(page, 'Continue from line 1,002').click()
  await page.getByText('1,201 created, 0 refused (100 %)').waitFor()
  t.strictSame(await namesOf('sekačka'), ['encoded Sekačka'])
})

test('a file that is chosen later is the one that is shown', async (t, open) => {
  const page = await open(place)
  const choose = (name: string, text: string) =>
    page.getByLabel('File').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  await choose('first.csv', `name\n${'first\n'.repeat(100_000)}`)
  await choose('second.tsv', 'Name\tDescription\nsecond\ttabs')
  await page.getByRole('cell', { name: 'tabs' }).waitFor()
  t.match(await textsOf(preview(page).locator('td')), ['second', 'tabs'])
})

test('an import can be left, stopped and gone on with', async (t, open) => {
  const page = await open(place)
  const held = Promise.withResolvers<void>()
  const batches: number[] = []
  await page.route('**/products/batch', async (route) => {
    const { items } = route.request().postDataJSON() as { items: unknown[] }
    batches.push(items.length)
    if (batches.length === 2) await held.promise
    await route.continue()
  })
  await importFile(page, 'many.csv', products('stopped', 3500))
  await page.getByText('1,000 created, 0 refused (28 %)').waitFor()
  await page.getByRole('link', { name: 'Catalogue' }).click()
  await heading(page, 'Catalogue').waitFor()
  await page.goBack()
  await button(page, 'Stop').click()
  held.resolve()
  await heading(page, 'Stopped importing many.csv').waitFor()
  await page.getByText('2,000 created, 0 refused').waitFor()
  t.equal(await countOf('stopped'), 2000)
  await button(page, 'Continue from line 2,002').click()
  await page.getByText('3,500 created, 0 refused (100 %)').waitFor()
  t.equal(await countOf('stopped'), 3500)
  t.strictSame(batches, [1000, 1000, 1000, 500])
})

test('an import whose connection breaks off can be gone on with', async (t, open) => {
  const page = await open(place, {
    expected: [/^POST \/api\/v1\/products\/batch net::ERR_CONNECTION_RESET$/],
  })
  let batches = 0
  await page.route('**/products/batch', async (route) => {
    batches += 1
    if (batches !== 2) return route.continue()
    await route.fetch() // It is carried out, and its answer is lost.
    return route.abort('connectionreset')
  })
  await importFile(page, 'broken.csv', products('broken', 2500))
  await page.getByRole('main').getByText('The service cannot be reached').waitFor()
  await page
    .getByText(/^Everything before line 1,002 is done.* may already have been created; to continue/)
    .waitFor()
  await heading(page, 'Failed to import broken.csv').waitFor()
  t.equal(await countOf('broken'), 2000)
  await button(page, 'Continue from line 1,002').click()
  await heading(page, 'Imported broken.csv').waitFor()
  await page.getByText('2,500 created, 0 refused').waitFor()
  await becomes(t, () => countOf('broken'), 2500)
  const { items } = await app.store.products({
    ...{ sort: 'created_at', words: soughtWords('broken'), limit: 10_000 },
  })
  t.equal(items.length, 2500, 'none twice')
})

test('rows that meet products by their external ids update them, if that is chosen', async (t, open) => {
  await create(app, { name: 'keyed old', description: 'kept', external_id: 'keyed 1' })
  const page = await open(place)
  const text = 'external_id,name\nkeyed 1,keyed met\nkeyed 2,keyed new\n'
  const buffer = Buffer.from(text)
  await page.getByLabel('File').setInputFiles({ name: 'a.csv', mimeType: 'text/plain', buffer })
  const choice = page.getByLabel('A row whose external id a product has')
  t.equal(await choice.inputValue(), 'error')
  await choice.selectOption('update')
  await button(page, /^Import$/).click()
  await page.getByText('1 created, 1 updated, 0 refused (100 %)').waitFor()
  t.strictSame(await namesOf('keyed'), ['keyed met', 'keyed new'])
})
