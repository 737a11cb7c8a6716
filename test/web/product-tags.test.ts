import type { Page } from 'playwright-core'
import t from 'tap'
import { create, read } from '../routes/helper.ts'
import { isAccessible } from './axe.ts'
import { becomes, focused, placeOf, textsOf } from './expect.ts'
import { serveStill } from './service.ts'
import { type Open, test } from './visit.ts'

const { url, app } = await serveStill(t)

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const dialog = (page: Page) => page.getByRole('dialog')
const field = (page: Page, name: string) => dialog(page).getByRole('textbox', { name })
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const tagsOn = (page: Page) =>
  page.getByRole('main').getByRole('list', { name: 'Tags' }).getByRole('listitem')

/** The page reads a product now and then; such a read can be under way when the product is deleted. */
const OVERTAKEN = /^GET \/api\/v1\/products\/[^/]+(\/(offers|stats))? 404$/

const METADATA = { shelf: '12', note: '' }

/** Creates a product with tags and metadata, and opens its page. */
async function openProduct(open: Open, name: string, expected: RegExp[] = []) {
  const { id } = await create(app, { name, tags: ['garden', 'sale'], metadata: METADATA })
  const page = await open(`${url}/#/products/${id}`, { expected })
  await heading(page, name).waitFor()
  return { id, page }
}

const idOn = (page: Page) => placeOf(page).split('/').at(-1) ?? ''

test('the page of a product shows its tags, each with the products that have it', async (t, open) => {
  const { page } = await openProduct(open, 'Shown')
  t.strictSame(await textsOf(tagsOn(page)), ['garden', 'sale'])
  await isAccessible(t, page)
  await tagsOn(page).getByRole('link', { name: 'sale' }).click()
  await heading(page, 'Catalogue').waitFor()
  t.equal(placeOf(page), '#/?tag=sale')
})

test('a product is created with the tags that are typed', async (t, open) => {
  const page = await open(url)
  await button(page, 'New product').click()
  await field(page, 'Name').fill('Tagged')
  await field(page, 'Tags').fill(' garden ,, 1\\, 5 l, ')
  await isAccessible(t, page)
  await button(page, 'Create').click()
  await heading(page, 'Tagged').waitFor()
  await becomes(t, () => textsOf(tagsOn(page)), ['garden', '1, 5 l'])
  t.match(await read(app, idOn(page)), { tags: ['garden', '1, 5 l'], metadata: {} })
})

test('the tags of a product are changed, and that is undone', async (t, open) => {
  const { id, page } = await openProduct(open, 'Retagged')
  await button(page, 'Edit').click()
  t.equal(await field(page, 'Tags').inputValue(), 'garden, sale')
  await field(page, 'Tags').fill('sale, new')
  await button(page, 'Save').click()
  await becomes(t, () => textsOf(tagsOn(page)), ['sale', 'new'])
  t.strictSame((await read(app, id)).metadata, METADATA)
  await button(page, 'Undo').click()
  await becomes(t, () => textsOf(tagsOn(page)), ['garden', 'sale'])
  await button(page, 'Edit').click()
  await field(page, 'Tags').fill('')
  await button(page, 'Save').click()
  await becomes(t, () => tagsOn(page).count(), 0)
  t.strictSame((await read(app, id)).tags, [])
})

test('the form says why the API refuses tags, and keeps them', async (t, open) => {
  const { id, page } = await openProduct(open, 'Refused', [/^PATCH .* 400$/])
  await button(page, 'Edit').click()
  for (const [line, message] of [
    ['twice, twice', '"twice" is there twice'],
    ['x'.repeat(65), 'has 65 characters; at most 64 are allowed'],
    [Array.from({ length: 33 }, (_, index) => index).join(), 'at most 32 entries'],
  ] as const) {
    await field(page, 'Tags').fill(line)
    await button(page, 'Save').click()
    await dialog(page).getByRole('alert').getByText(message).waitFor()
    t.equal(await field(page, 'Tags').inputValue(), line)
  }
  t.strictSame((await read(app, id)).tags, ['garden', 'sale'])
})

test('tags that meet other ones of someone else are compared with them', async (t, open) => {
  const { id, page } = await openProduct(open, 'Met', [/^PATCH .* 412$/])
  await button(page, 'Edit').click()
  await field(page, 'Tags').fill('mine')
  await app.store.updateProduct(id, { tags: ['theirs', 'too'] })
  await button(page, 'Save').click()
  await dialog(page)
    .getByRole('region', { name: 'Tags (theirs)' })
    .getByText('theirs, too')
    .waitFor()
  t.equal(await field(page, 'Tags (mine)').inputValue(), 'mine')
  await app.store.updateProduct(id, { tags: ['mine'] })
  await button(page, 'Keep mine').click()
  await page.getByText('“Met” needs no change').waitFor()
  await dialog(page).waitFor({ state: 'detached' })
})

test('a product that someone else deleted is created again with its tags and metadata', async (t, open) => {
  const { id, page } = await openProduct(open, 'Outlived', [OVERTAKEN, /^PATCH .* 404$/])
  await button(page, 'Edit').click()
  await field(page, 'Description').fill('Of mine')
  await app.store.deleteProduct(id)
  await page.getByText('This product was deleted').waitFor({ state: 'attached' })
  await button(page, 'Save').click()
  await button(page, 'Create it again').click()
  await focused(heading(page, 'Outlived'))
  const { description, tags, metadata } = await read(app, idOn(page))
  t.strictSame([description, tags, metadata], ['Of mine', ['garden', 'sale'], METADATA])
})

test('a product that is deleted here is created again with its tags and metadata', async (t, open) => {
  const { page } = await openProduct(open, 'Deleted', [OVERTAKEN])
  await button(page, 'Delete').click()
  await button(page, 'Delete it').click()
  await button(page, 'Create it again').click()
  await focused(heading(page, 'Deleted'))
  const { tags, metadata } = await read(app, idOn(page))
  t.strictSame([tags, metadata], [['garden', 'sale'], METADATA])
})
