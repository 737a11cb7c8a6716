import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import t from 'tap'
import { offer } from '../routes/helper.ts'
import { becomes, placeOf, textsOf } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, add, addAll } = await serveStill(t)
for (const [name, price, stock] of [
  ['Mid', 300, 1],
  ['All', 100, 0],
  ['Saw', 200, 1],
] as const) {
  await add(name, [[Date.now(), offer('a', price, stock)]])
}

const namesOn = (page: Page) => () => textsOf(page.locator('.rows .row a'))

test('the headings of the columns sort the list, each way in turn', async (t, open) => {
  const page = await open(url)
  for (const [heading, sort, wanted] of [
    ['Product: sort by name, A to Z', 'name', 'All Mid Saw'],
    ['Product: sort by name, Z to A', '-name', 'Saw Mid All'],
    ['Product: sort by name, A to Z', 'name', 'All Mid Saw'],
    ['Lowest price: sort by price, lowest first', 'lowest_price', 'Saw Mid All'],
    ['Lowest price: sort by price, highest first', '-lowest_price', 'Mid Saw All'],
  ] as const) {
    await page.getByRole('button', { name: heading }).click()
    await becomes(t, namesOn(page), wanted.split(' '), heading)
    t.equal(placeOf(page), `#/?sort=${sort}`)
    t.equal(await page.getByRole('combobox', { name: 'Sort by' }).inputValue(), sort)
  }
})

async function exported(page: Page): Promise<string[]> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export as CSV' }).click(),
  ])
  t.equal(download.suggestedFilename(), 'products.csv')
  return (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
}

test('the list is saved as CSV as it is filtered and sorted', async (t, open) => {
  const page = await open(`${url}/#/?sort=lowest_price&in_stock=true`)
  await becomes(t, namesOn(page), ['Saw', 'Mid'])
  const [head, ...lines] = await exported(page)
  t.match(head, /^\ufeffid,name,/)
  t.strictSame(
    lines.map((line) => line.split(',')[1]),
    ['Saw', 'Mid'],
  )
})

test('a long list is saved whole', async (t, open) => {
  await addAll(Array.from({ length: 250 }, (_, index) => `Screw ${index}`))
  const page = await open(`${url}/#/?q=screw`)
  await page.getByRole('link', { name: 'Screw 249', exact: true }).waitFor()
  t.equal((await exported(page)).length, 251)
})

test('an export of the list is cancelled', async (t, open) => {
  const page = await open(url)
  await becomes(t, async () => (await namesOn(page)()).length > 0, true)
  await page.route('**/api/v1/products?*limit=200*', () => {}) // It is never answered.
  await page.getByRole('button', { name: 'Export as CSV' }).click()
  await page.getByRole('button', { name: 'Cancel the export (0 so far)' }).click()
  await page.getByRole('button', { name: 'Export as CSV' }).waitFor()
})

test('an export of the list that fails is reported', async (_t, open) => {
  const page = await open(url, { expected: [/^GET .*limit=200 503$/] })
  const json = { statusCode: 503, error: 'Service Unavailable', message: 'Not now' }
  await page.route('**/api/v1/products?*limit=200*', (route) =>
    route.fulfill({ status: 503, json }),
  )
  await page.getByRole('button', { name: 'Export as CSV' }).click()
  await page.getByText('Not exported: Not now').waitFor()
})
