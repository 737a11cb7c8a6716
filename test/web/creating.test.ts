import t from 'tap'
import { list } from '../routes/helper.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, app } = await serveStill(t)

test('a product whose answer was lost is created once', async (t, open) => {
  const page = await open(url, {
    expected: [/^POST \/api\/v1\/products net::ERR_CONNECTION_RESET$/],
  })
  let posts = 0
  await page.route('**/api/v1/products', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback()
    posts += 1
    if (posts > 1) return route.continue()
    await route.fetch()
    return route.abort('connectionreset')
  })
  await page.getByRole('button', { name: 'New product' }).click()
  const dialog = page.getByRole('dialog')
  const button = dialog.getByRole('button', { name: 'Create', exact: true })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Lost and found')
  await button.click()
  await dialog.getByRole('alert').getByText('cannot be reached').waitFor()
  await button.click()
  await page.getByText('Created “Lost and found”.').waitFor()
  t.match(await list(app, 'q=lost+found'), { items: { length: 1 } })
})
