import type { Page } from 'playwright-core'
import t from 'tap'
import { isAccessible } from './axe.ts'
import { becomes, focused } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const variables = { API_TOKEN: 'the-token', API_READ_TOKEN: 'the-token-for-reading' }
const { url, app, add } = await serveStill(t, variables)
const { id } = await add('Mower')

/** Until the right token is entered, every call is refused. */
const expected = [/^GET \/api\/v1\/.* 401$/]

const form = (page: Page) => page.getByLabel('The API requires a token:')
const row = (page: Page) => page.getByRole('link', { name: 'Mower' })

async function enter(page: Page, token: string): Promise<void> {
  await page.locator('#token').fill(token)
  await page.getByRole('button', { name: 'Use it' }).click()
}

test('a token is asked for where the API wants one, until it is the right one', async (t, open) => {
  const page = await open(url, { expected })
  await form(page).waitFor()
  await isAccessible(t, page)
  t.equal(await page.locator('.rows .row').count(), 0)
  await enter(page, 'another-token')
  await page.getByLabel('The API refused this token. Enter another one:').waitFor()
  await enter(page, ' the-token ')
  await row(page).waitFor()
  await becomes(t, () => page.locator('#token').count(), 0)
})

test('the token is kept in the session of the tab and nowhere else', async (t, open) => {
  const page = await open(url, { expected })
  await enter(page, 'the-token')
  await row(page).waitFor()
  const stored = await page.evaluate(
    '[{ ...sessionStorage }, { ...localStorage }, document.cookie, location.href]',
  )
  t.strictSame(stored, [{ token: 'the-token' }, {}, '', `${url}/`])
  t.strictSame(await page.context().cookies(), [])
  await page.reload()
  await row(page).waitFor()

  const elsewhere = await open(url, { expected })
  await form(elsewhere).waitFor()

  await page.getByRole('button', { name: 'Forget the token' }).click()
  await form(page).waitFor()
  await focused(page.getByRole('heading', { level: 1, name: 'Catalogue' }))
  t.strictSame(await page.evaluate('({ ...sessionStorage })'), {})
})

test('products are compared with a token for reading', async (_t, open) => {
  const page = await open(`${url}/#/compare?id=${id}`, { expected })
  await enter(page, 'the-token-for-reading')
  await page.locator('.compared').getByRole('link', { name: 'Mower' }).waitFor()
})

test('a product is followed with the token', async (_t, open) => {
  const page = await open(`${url}/#/products/${id}`, { expected })
  await enter(page, 'the-token-for-reading')
  await page.getByRole('heading', { level: 1, name: 'Mower' }).waitFor()
  await app.store.updateProduct(id, { description: 'Followed' })
  await page.getByText('Followed').waitFor()
})

test('a token for reading alone says so where something is to be written', async (t, open) => {
  const page = await open(url, { expected: [...expected, /^POST \/api\/v1\/products 403$/] })
  await enter(page, 'the-token-for-reading')
  await row(page).waitFor()
  await page.getByRole('button', { name: 'New product' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Saw')
  await page.getByRole('button', { name: 'Create' }).click()
  await page
    .getByRole('dialog')
    .getByText('The token is read-only; use one from API_TOKEN to write')
    .waitFor()
  t.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Saw')
})

test('a token that expires while something is typed is asked for in the dialog', async (t, open) => {
  const page = await open(url, { expected: [/ \/api\/v1\/.* 401$/] })
  await enter(page, 'the-token')
  await row(page).waitFor()
  await page.getByRole('button', { name: 'New product' }).click()
  const name = page.getByRole('textbox', { name: 'Name' })
  await name.fill('Typed')
  await page.route('**/api/v1/**', (route) => {
    const headers = route.request().headers()
    return headers.authorization === 'Bearer another'
      ? route.fallback({ headers: { ...headers, authorization: 'Bearer the-token' } })
      : route.fulfill({ status: 401, json: { message: 'The token is not valid' } })
  })
  await page.getByRole('button', { name: 'Create' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('The token is not valid').waitFor()
  await isAccessible(t, page)
  await dialog.getByLabel('The API refused this token. Enter another one:').fill('another')
  await dialog.getByRole('button', { name: 'Use it' }).click()
  await focused(dialog.getByRole('heading', { name: 'New product' }))
  t.equal(await name.inputValue(), 'Typed')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { level: 1, name: 'Typed' }).waitFor()
})
