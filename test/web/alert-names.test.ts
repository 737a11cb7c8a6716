import type { Page } from 'playwright-core'
import t from 'tap'
import { create, createAll } from '../routes/helper.ts'
import { becomes, focused, textsOf } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, app } = await serveStill(t)

const entries = (page: Page) => page.getByRole('list', { name: 'Alerts' }).getByRole('listitem')

async function createAlert(product_id: string, name: string): Promise<void> {
  const payload = { name, product_id, condition: { type: 'back_in_stock' } }
  await app.inject({ method: 'POST', url: '/api/v1/alerts', payload })
}

test('names that could not be read are read again soon', async (_t, open) => {
  const { id } = await create(app, { name: 'Mower' })
  await createAlert(id, 'About the mower')
  const page = await open('about:blank', { expected: [/^GET \/api\/v1\/products\?ids=.* 503$/] })
  let refused = false
  await page.route('**/products?ids=*', (route) => {
    if (refused) return route.fallback()
    refused = true
    return route.fulfill({ status: 503, json: { message: 'Not now' } })
  })
  await page.goto(`${url}/#/alerts`)
  await entries(page).getByRole('link', { name: 'Mower', exact: true }).waitFor()
})

test('each alert names its product, however many there are', async (t, open) => {
  const items = Array.from({ length: 201 }, (_, index) => ({ name: `Product ${index}` }))
  for (const { id, name } of await createAll(app, items)) await createAlert(id, `About ${name}`)
  const page = await open(`${url}/#/alerts`)
  for (const shown of [50, 100, 150, 200]) {
    await becomes(t, () => entries(page).count(), shown)
    await page.getByRole('button', { name: 'Show more' }).click()
  }
  await becomes(t, () => entries(page).count(), 202)
  await focused(page.getByText('That is all.'))
  await becomes(t, () => textsOf(entries(page).last().locator('.wrap')), ['Product 200'])
  t.equal(await entries(page).getByRole('link', { name: 'Product', exact: true }).count(), 0)
})
