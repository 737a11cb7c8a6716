import type { Page } from 'playwright-core'
import t from 'tap'
import { create, read } from '../routes/helper.ts'
import { isAccessible } from './axe.ts'
import { becomes, textsOf } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, app } = await serveStill(t)

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const field = (page: Page) => page.getByRole('dialog').getByRole('textbox', { name: 'Metadata' })
const facts = (page: Page) => () => textsOf(page.locator('.facts > div'))

test('the metadata of a product is shown, changed, and changed back', async (t, open) => {
  const metadata = { colour: 'green', shelf: '12' }
  const { id } = await create(app, { name: 'Shown', external_id: 'AB-1', metadata })
  const page = await open(`${url}/#/products/${id}`)
  await becomes(t, facts(page), ['External idAB-1', 'colourgreen', 'shelf12'])
  await button(page, 'Edit').click()
  t.equal(await field(page).inputValue(), 'colour: green\nshelf: 12')
  await isAccessible(t, page)

  await field(page).fill('colour: red\nno colon')
  await button(page, 'Save').click()
  await page.getByText('Write “no colon” as “key: text”').waitFor()
  t.ok(await field(page).evaluate((element) => element.matches(':focus')))
  await field(page).fill('size: 1: 2\ncolour: red')
  await button(page, 'Save').click()
  await becomes(t, facts(page), ['External idAB-1', 'colourred', 'size1: 2'])
  t.strictSame((await read(app, id)).metadata, { colour: 'red', size: '1: 2' })

  await button(page, 'Undo').click()
  await becomes(t, facts(page), ['External idAB-1', 'colourgreen', 'shelf12'])
  t.strictSame((await read(app, id)).metadata, metadata)
})

test('a lot of metadata is folded', async (t, open) => {
  const metadata = Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`${index} `.padEnd(40, 'k'), 'v'.repeat(500)]),
  )
  const { id } = await create(app, { name: 'A lot', metadata })
  const page = await open(`${url}/#/products/${id}`, { viewport: { width: 360, height: 740 } })
  await page.getByText('Metadata (50)').waitFor()
  t.equal(await page.locator('.facts').count(), 0)
  await page.getByText('Metadata (50)').click()
  await becomes(t, async () => (await facts(page)()).length, 50)
  t.ok(
    await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
    'nothing overflows',
  )
  await isAccessible(t, page)
})
