import type { Page } from 'playwright-core'
import t from 'tap'
import { create, read } from '../routes/helper.ts'
import { becomes, focused, placeOf } from './expect.ts'
import { serveStill } from './service.ts'
import { type Open, test } from './visit.ts'

const { url, app } = await serveStill(t)

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const dialog = (page: Page) => page.getByRole('dialog')
const field = (page: Page, name: string) => dialog(page).getByRole('textbox', { name })
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const message = (page: Page, text: string) =>
  page.getByRole('status', { name: 'Messages' }).getByText(text, { exact: true })
const failure = (page: Page, text: string) =>
  page.getByRole('alert', { name: 'Failures' }).getByText(text, { exact: true })

const statusOf = async (id: string) => (await app.inject(`/api/v1/products/${id}`)).statusCode

/** The page reads a product now and then; such a read can be under way when the product is deleted. */
const OVERTAKEN = /^GET \/api\/v1\/products\/[^/]+(\/offers)? 404$/

/** Creates a product and opens its page. */
async function openProduct(open: Open, name: string, expected: RegExp[] = []) {
  const { id } = await create(app, { name, description: 'As it was' })
  const page = await open(`${url}/#/products/${id}`, { expected })
  await heading(page, name).waitFor()
  return { id, page }
}

test('a product is created and shown, and that is undone', async (t, open) => {
  const page = await open(url, { expected: [OVERTAKEN] })
  await button(page, 'New product').click()
  await focused(field(page, 'Name'))
  await field(page, 'Name').fill(' Created & shown ')
  await field(page, 'Description').fill('Two\nlines')
  await button(page, 'Create').click()
  await focused(heading(page, 'Created & shown'))
  await message(page, 'Created “Created & shown”.').waitFor()
  const id = placeOf(page).split('/').at(-1) ?? ''
  t.match(await read(app, id), { name: 'Created & shown', description: 'Two\nlines' })
  await button(page, 'Undo').click()
  await message(page, 'Removed “Created & shown” again.').waitFor()
  await focused(heading(page, 'Catalogue'))
  t.equal(await statusOf(id), 404)
})

test('what the API does not take is told in the form, which keeps it', async (t, open) => {
  const page = await open(url, { expected: [/^POST \/api\/v1\/products 400$/] })
  await button(page, 'New product').click()
  await field(page, 'Name').fill('x'.repeat(256))
  await field(page, 'Description').fill('Kept')
  await button(page, 'Create').click()
  await dialog(page).getByRole('alert').getByText('body/name').waitFor()
  t.equal(await field(page, 'Description').inputValue(), 'Kept')
  await field(page, 'Name').fill('Short enough')
  await button(page, 'Create').click()
  await heading(page, 'Short enough').waitFor()
})

test('a product that is not to be created after all is not', async (t, open) => {
  const page = await open(`${url}/#/?q=regretted`)
  for (const regret of [
    () => page.keyboard.press('Escape'),
    () => button(page, 'Cancel').click(),
  ]) {
    await button(page, 'New product').click()
    await field(page, 'Name').fill('Regretted')
    await regret()
    await dialog(page).waitFor({ state: 'detached' })
    await focused(button(page, 'New product'))
  }
  await page.reload()
  await page.getByText('No product fits.').waitFor()
  t.equal(await page.locator('.rows .row').count(), 0)
})

test('a product is changed, and that is undone', async (t, open) => {
  const { id, page } = await openProduct(open, 'Changed')
  await button(page, 'Edit').click()
  t.equal(await field(page, 'Description').inputValue(), 'As it was')
  await field(page, 'Name').fill('Changed name')
  await field(page, 'Description').fill('')
  await button(page, 'Save').click()
  await heading(page, 'Changed name').waitFor()
  await focused(button(page, 'Edit'))
  t.match(await read(app, id), { name: 'Changed name', description: '' })
  await button(page, 'Undo').click()
  await message(page, '“Changed” is as it was.').waitFor()
  t.match(await read(app, id), { name: 'Changed', description: 'As it was' })
  await page.getByText('As it was', { exact: true }).waitFor()
})

test('a change that meets one of someone else loses nothing', async (t, open) => {
  const { id } = await create(app, { name: 'Met' })
  const page = await open(`${url}/#/products/${id}`, {
    expected: [new RegExp(`^PATCH /api/v1/products/${id} 412$`)],
  })
  await button(page, 'Edit').click()
  await field(page, 'Description').fill('Of mine')
  await app.store.updateProduct(id, { name: 'Met by theirs' })
  await heading(page, 'Met by theirs').waitFor({ state: 'attached' })
  await button(page, 'Save').click()
  await dialog(page).getByRole('alert').waitFor()
  t.match(await dialog(page).getByRole('alert').innerText(), /changed/)
  t.equal(await field(page, 'Description').inputValue(), 'Of mine')
  t.match(await read(app, id), { name: 'Met by theirs', description: '' })
})

test('a change that fails behind a closed dialog is told', async (t, open) => {
  const { id, page } = await openProduct(open, 'Unsaved', [/^PATCH .* 503$/])
  const answer = Promise.withResolvers<void>()
  await page.route(/products/, async (route) => {
    if (route.request().method() !== 'PATCH') return route.fallback()
    await answer.promise
    return route.fulfill({ status: 503, json: { message: 'Not now' } })
  })
  await button(page, 'Edit').click()
  await field(page, 'Name').fill('Saved')
  await button(page, 'Save').click()
  await page.keyboard.press('Escape')
  await dialog(page).waitFor({ state: 'detached' })
  answer.resolve()
  await failure(page, 'Not saved: Not now').waitFor()
  t.match(await read(app, id), { name: 'Unsaved' })
})

test('an undo does not undo what someone else did since', async (t, open) => {
  const { id } = await create(app, { name: 'Ours' })
  const page = await open(`${url}/#/products/${id}`, {
    expected: [new RegExp(`^PATCH /api/v1/products/${id} 412$`)],
  })
  await button(page, 'Edit').click()
  await field(page, 'Name').fill('Ours, changed')
  await button(page, 'Save').click()
  await message(page, 'Changed “Ours, changed”.').waitFor()
  await app.store.updateProduct(id, { description: 'Theirs' })
  await button(page, 'Undo').click()
  await failure(page, 'Not undone: someone changed it since').waitFor()
  t.match(await read(app, id), { name: 'Ours, changed', description: 'Theirs' })
})

test('a product is deleted only where that is confirmed', async (t, open) => {
  const { id, page } = await openProduct(open, 'Kept')
  for (const keep of [() => page.keyboard.press('Escape'), () => button(page, 'Keep it').click()]) {
    await button(page, 'Delete').click()
    await dialog(page).getByText('Kept', { exact: true }).waitFor()
    await keep()
    await dialog(page).waitFor({ state: 'detached' })
    await focused(button(page, 'Delete'))
  }
  t.equal(await statusOf(id), 200)
})

test('a deleted product can be created anew', async (t, open) => {
  const { id, page } = await openProduct(open, 'Deleted', [OVERTAKEN])
  await button(page, 'Delete').click()
  await button(page, 'Delete it').click()
  await message(page, 'Deleted “Deleted” with its history.').waitFor()
  await focused(heading(page, 'Catalogue'))
  t.equal(await statusOf(id), 404)
  await button(page, 'Create it anew').click()
  await focused(heading(page, 'Deleted'))
  await becomes(t, async () => placeOf(page) === `#/products/${id}`, false, 'under another id')
  const anew = placeOf(page).split('/').at(-1) ?? ''
  t.match(await read(app, anew), { name: 'Deleted', description: 'As it was' })
})
