import type { Page } from 'playwright-core'
import t from 'tap'
import { create, read } from '../routes/helper.ts'
import { isAccessible } from './axe.ts'
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
const OVERTAKEN = /^GET \/api\/v1\/products\/[^/]+(\/(offers|stats))? 404$/

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

test('faults of the fields are explained in words, and nothing is sent or cut off', async (t, open) => {
  const page = await open(url)
  await button(page, 'New product').click()
  await field(page, 'Description').fill('Kept')
  await button(page, 'Create').click()
  await dialog(page).getByRole('alert').getByText('Give the product a name').waitFor()
  await focused(field(page, 'Name'))
  await field(page, 'Name').fill('🛒'.repeat(256))
  const tooLong = 'The name has 256 characters; at most 255 are allowed'
  await dialog(page).getByRole('alert').getByText(tooLong).waitFor()
  t.equal(await field(page, 'Description').inputValue(), 'Kept')
  const name = '🛒'.repeat(255)
  await field(page, 'Name').fill(` ${name} `)
  await button(page, 'Create').click()
  await heading(page, name).waitFor()
})

test('an external id is given, shown and taken away again', async (t, open) => {
  const { id, page } = await openProduct(open, 'Without a key')
  await button(page, 'Edit').click()
  await field(page, 'External id').fill('AB/1')
  await button(page, 'Save').click()
  const shown = page.getByRole('definition').getByText('AB/1', { exact: true })
  await shown.waitFor()
  t.match(await read(app, id), { external_id: 'AB/1', description: 'As it was' })
  await isAccessible(t, page)
  await button(page, 'Undo').click()
  await shown.waitFor({ state: 'detached' })
  t.match(await read(app, id), { external_id: null })
})

test('an external id of another product is reported in the form, which keeps the input', async (t, open) => {
  const taken = await create(app, { name: 'First', external_id: 'taken on the page' })
  const page = await open(url, { expected: [/^POST \/api\/v1\/products 409$/] })
  await button(page, 'New product').click()
  await field(page, 'Name').fill('Second')
  await field(page, 'External id').fill('..')
  await button(page, 'Create').click()
  await dialog(page).getByText('The external id must not be "." or ".."').waitFor()
  await field(page, 'External id').fill('taken on the page')
  await button(page, 'Create').click()
  await dialog(page).getByRole('alert').getByText(`belongs to product ${taken.id}`).waitFor()
  t.equal(await field(page, 'Name').inputValue(), 'Second')
})

test('what the API refuses is explained in the form, which keeps it', async (t, open) => {
  const page = await open(url, { expected: [/^POST \/api\/v1\/products 413$/] })
  await page.route('**/api/v1/products', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 413, json: { message: 'Too much of it' } })
      : route.fallback(),
  )
  await button(page, 'New product').click()
  await field(page, 'Name').fill('Kept')
  await button(page, 'Create').click()
  await dialog(page).getByRole('alert').getByText('Too much of it').waitFor()
  t.equal(await field(page, 'Name').inputValue(), 'Kept')
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
  await page.getByText('No product matches.').waitFor()
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

/** Opens a product and types another description, while someone else changes the product. */
async function openConflict(open: Open, name: string) {
  const { id, page } = await openProduct(open, name, [/^PATCH .* 412$/])
  await button(page, 'Edit').click()
  await field(page, 'Description').fill('Of mine')
  await app.store.updateProduct(id, { description: 'Of theirs' })
  await button(page, 'Save').click()
  await dialog(page).getByRole('alert').getByText('changed this product in the meantime').waitFor()
  await theirs(page).getByText('Of theirs').waitFor()
  t.equal(await field(page, 'Description (mine)').inputValue(), 'Of mine')
  t.match(await read(app, id), { name, description: 'Of theirs' })
  return { id, page }
}
const theirs = (page: Page) => dialog(page).getByRole('region', { name: 'Description (theirs)' })

test('a change that meets one of someone else is kept, also where it meets another', async (t, open) => {
  const { id, page } = await openConflict(open, 'Met')
  await isAccessible(t, page)
  await app.store.updateProduct(id, { description: 'Of theirs, again' })
  await button(page, 'Keep mine').click()
  await theirs(page).getByText('Of theirs, again').waitFor()
  await field(page, 'Description').fill('Of mine, again')
  await button(page, 'Keep mine').click()
  await dialog(page).waitFor({ state: 'detached' })
  await focused(button(page, 'Edit'))
  t.match(await read(app, id), { name: 'Met', description: 'Of mine, again' })
  await button(page, 'Undo').click()
  await message(page, '“Met” is as it was.').waitFor()
  t.match(await read(app, id), { description: 'Of theirs, again' })
})

test('a change gives way to one of someone else, and is not lost by that', async (t, open) => {
  const { id, page } = await openConflict(open, 'Given way')
  await button(page, 'Take theirs').click()
  await dialog(page).waitFor({ state: 'detached' })
  t.match(await read(app, id), { description: 'Of theirs' })
  await button(page, 'Back to mine').click()
  await theirs(page).getByText('Of theirs').waitFor()
  t.equal(await field(page, 'Description (mine)').inputValue(), 'Of mine')
  await button(page, 'Keep mine').click()
  await message(page, 'Changed “Given way”.').waitFor()
  t.match(await read(app, id), { description: 'Of mine' })
})

test('the same change of someone else is no conflict', async (_t, open) => {
  const { id, page } = await openProduct(open, 'Agreed', [/^PATCH .* 412$/])
  await button(page, 'Edit').click()
  await field(page, 'Description').fill('As both want it')
  await app.store.updateProduct(id, { description: 'As both want it' })
  await button(page, 'Save').click()
  const same = '“Agreed” needs no change: someone else has already made the same one.'
  await message(page, same).waitFor()
  await dialog(page).waitFor({ state: 'detached' })
})

test('what was typed outlives the product that it was for', async (t, open) => {
  const { id, page } = await openProduct(open, 'Outlived', [OVERTAKEN, /^PATCH .* 404$/])
  await button(page, 'Edit').click()
  await field(page, 'Description').fill('Of mine')
  await app.store.deleteProduct(id)
  await page.getByText('This product was deleted').waitFor({ state: 'attached' })
  await button(page, 'Save').click()
  await dialog(page).getByRole('alert').getByText('Someone deleted this product').waitFor()
  await button(page, 'Create it again').click()
  await focused(heading(page, 'Outlived'))
  const anew = placeOf(page).split('/').at(-1) ?? ''
  t.match(await read(app, anew), { name: 'Outlived', description: 'Of mine' })
})

test('a deletion that meets a change is asked for again, and one that meets a deletion is over', async (_t, open) => {
  const { id, page } = await openProduct(open, 'Doomed', [OVERTAKEN, /^DELETE .* 4(04|12)$/])
  await button(page, 'Delete').click()
  await app.store.updateProduct(id, { name: 'Doomed, changed' })
  await button(page, 'Delete it').click()
  await dialog(page).getByRole('alert').getByText('changed this product in the meantime').waitFor()
  await dialog(page).getByText('Doomed, changed').waitFor()
  await app.store.deleteProduct(id)
  await button(page, 'Delete it anyway').click()
  await message(page, '“Doomed, changed” had already been deleted.').waitFor()
  await focused(heading(page, 'Catalogue'))
})

test('a change that fails after its dialog was closed is reported', async (t, open) => {
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
  await page.unrouteAll()
  await button(page, 'Try again').click()
  t.equal(await field(page, 'Name').inputValue(), 'Saved', 'what was typed is not lost')
  t.equal(await dialog(page).getByRole('alert').count(), 0, 'and it has met nothing')
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
  await failure(page, 'Not undone: someone changed the product in the meantime').waitFor()
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

test('a deleted product can be created again', async (t, open) => {
  const { id, page } = await openProduct(open, 'Deleted', [OVERTAKEN])
  await button(page, 'Delete').click()
  await button(page, 'Delete it').click()
  await message(page, 'Deleted “Deleted” with its history.').waitFor()
  await focused(heading(page, 'Catalogue'))
  t.equal(await statusOf(id), 404)
  await button(page, 'Create it again').click()
  await focused(heading(page, 'Deleted'))
  await becomes(t, async () => placeOf(page) === `#/products/${id}`, false, 'under another id')
  const anew = placeOf(page).split('/').at(-1) ?? ''
  t.match(await read(app, anew), { name: 'Deleted', description: 'As it was' })
})
