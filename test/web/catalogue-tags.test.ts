import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import t from 'tap'
import { createAll } from '../routes/helper.ts'
import { isAccessible } from './axe.ts'
import { becomes, focused, placeOf, textsOf } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const HOSTILE = '<img src=x onerror="hacked = 1">, \\ & #'
const LONG = 'W'.repeat(64)
const MANY = Array.from({ length: 30 }, (_, index) => `tag ${index}`)

const { url, app } = await serveStill(t)
await createAll(app, [
  { name: 'Drill', tags: ['tools', 'sale'] },
  { name: 'Rake', tags: ['garden', 'tools'] },
  { name: 'Hose', tags: ['garden', 'sale', 'Ä & b', 'water', 'blue'] },
  { name: 'Plain' },
  { name: 'Worst', description: 'Of texts', tags: [HOSTILE, LONG, ...MANY] },
])

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const namesOn = (page: Page) => () => textsOf(page.locator('.rows .what > a'))
const rowOf = (page: Page, name: string) =>
  page.locator('.rows .row').filter({ has: page.getByRole('link', { name, exact: true }) })
const tagsIn = (page: Page, name: string) =>
  rowOf(page, name).getByRole('list', { name: 'Tags' }).getByRole('listitem')
const chosen = (page: Page) =>
  page.getByRole('list', { name: 'Only products with the tags' }).getByRole('listitem')
const remove = (page: Page, tag: string) => button(page, `Remove the tag ${tag}`)

test('the list shows the first tags of each product, and how many more there are', async (t, open) => {
  const page = await open(url)
  await rowOf(page, 'Plain').waitFor()
  for (const [name, wanted] of [
    ['Drill', ['tools', 'sale']],
    ['Hose', ['garden', 'sale', 'Ä & b', 'water', 'and 1 more']],
    ['Worst', [HOSTILE, LONG, 'tag 0', 'tag 1', 'and 28 more']],
    ['Plain', []],
  ] as const) {
    t.strictSame(await textsOf(tagsIn(page, name)), wanted, name)
  }
})

test('a tag in the list leads to the products that have it, and Back from there', async (t, open) => {
  const page = await open(`${url}/#/?q=hose`)
  await tagsIn(page, 'Hose').getByRole('link', { name: 'Ä & b' }).click()
  await becomes(t, async () => placeOf(page), '#/?tag=%C3%84+%26+b')
  await becomes(t, () => textsOf(chosen(page).locator('span')), ['Ä & b'])
  await focused(page.getByRole('heading', { level: 1, name: 'Catalogue' }))
  await tagsIn(page, 'Hose').getByRole('link', { name: 'garden' }).click()
  await becomes(t, namesOn(page), ['Hose', 'Rake'])
  await page.goBack()
  await page.goBack()
  await becomes(t, async () => placeOf(page), '#/?q=hose')
  await becomes(t, namesOn(page), ['Hose'])
  t.equal(await chosen(page).count(), 0)
})

test('the list keeps the tags of the address over a reload, beside a search and a filter', async (t, open) => {
  const page = await open(`${url}/#/?tag=garden&tag=+tools+&tag=garden&tag=`)
  await becomes(t, namesOn(page), ['Rake'])
  await becomes(t, () => textsOf(chosen(page).locator('span')), ['garden', 'tools'])
  await page.getByRole('searchbox').fill('rak')
  await becomes(t, async () => placeOf(page), '#/?q=rak&tag=garden&tag=tools')
  await page.getByRole('combobox', { name: 'Show' }).selectOption('waiting for registration')
  await page.reload()
  await becomes(t, namesOn(page), ['Rake'])
  t.equal(placeOf(page), '#/?q=rak&tag=garden&tag=tools&show=pending')
  t.equal(await page.locator('.found').textContent(), '1 product found')
})

test('a tag is removed from the filter, with the keyboard too', async (t, open) => {
  const page = await open(`${url}/#/?tag=garden&tag=sale&sort=name`)
  await becomes(t, namesOn(page), ['Hose'])
  t.equal(await button(page, 'Tell me when…').count(), 0, 'an alert is about one tag')
  await remove(page, 'sale').focus()
  await page.keyboard.press('Enter')
  await becomes(t, namesOn(page), ['Hose', 'Rake'])
  t.equal(placeOf(page), '#/?tag=garden&sort=name')
  await focused(page.getByRole('heading', { level: 1, name: 'Catalogue' }))
  await remove(page, 'garden').click()
  await becomes(t, namesOn(page), ['Drill', 'Hose', 'Plain', 'Rake', 'Worst'])
  t.equal(placeOf(page), '#/?sort=name')
})

test('a tag that no product has finds nothing, and one that cannot be is refused', async (_t, open) => {
  const page = await open(`${url}/#/?tag=none`, { expected: [/^GET .*tag=x+.* 400$/] })
  await page.getByText('No product matches.').waitFor()
  await page.goto(`${url}/#/?tag=${'x'.repeat(65)}`)
  await page.getByRole('alert').getByText('has 65 characters; at most 64 are allowed').waitFor()
})

test('a list that is not read yet says nothing about how much it found', async (t, open) => {
  const page = await open('about:blank')
  const answer = Promise.withResolvers<void>()
  await page.route('**/api/v1/products?*', async (route) => {
    await answer.promise
    return route.continue()
  })
  await page.goto(`${url}/#/?tag=garden`)
  await page.getByText('5 products').waitFor() // The status was read.
  t.equal(await page.locator('.found').textContent(), '')
  answer.resolve()
  await page.locator('.found').getByText('2 products found').waitFor()
})

test('an alert is created from the list with a tag', async (t, open) => {
  const page = await open(`${url}/#/?tag=garden`)
  await button(page, 'Tell me when…').click()
  const dialog = page.getByRole('dialog')
  const tag = dialog.getByRole('textbox', { name: 'Only products with the tag' })
  t.equal(await tag.inputValue(), 'garden')
  await dialog.getByRole('textbox', { name: 'Price' }).fill('5')
  await button(page, 'Create').click()
  await button(page, 'All alerts').click()
  await page.getByRole('link', { name: 'tag garden', exact: true }).click()
  await chosen(page).getByText('garden', { exact: true }).waitFor()
})

test('the list is saved as CSV with the tags that it is filtered by', async (t, open) => {
  const page = await open(`${url}/#/?tag=garden&tag=tools`)
  await becomes(t, namesOn(page), ['Rake'])
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    button(page, 'Export as CSV').click(),
  ])
  const [, ...lines] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
  t.equal(lines.length, 1)
  t.match(lines[0], /,Rake,.*"garden, tools"/)
})

test('the tags of a list are accessible, fit a narrow screen and run nothing', async (t, open) => {
  const query = new URLSearchParams([HOSTILE, LONG, ...MANY].map((tag) => ['tag', tag]))
  const page = await open(`${url}/#/?${query}`)
  await becomes(t, namesOn(page), ['Worst'])
  t.equal(await chosen(page).count(), 32)
  await isAccessible(t, page)
  await page.setViewportSize({ width: 360, height: 740 })
  const overflow = `document.documentElement.scrollWidth - document.documentElement.clientWidth`
  await becomes(t, () => page.evaluate<number>(overflow), 0)
  t.equal(await page.evaluate('typeof hacked'), 'undefined')
})
