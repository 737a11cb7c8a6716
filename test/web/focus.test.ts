import type { Page } from 'playwright-core'
import t from 'tap'
import { create, createAll } from '../routes/helper.ts'
import { becomes, focused } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, app } = await serveStill(t)

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const link = (page: Page, name: string) => page.getByRole('link', { name, exact: true })

test('a switch keeps the focus while it is changed', async (_t, open) => {
  const payload = { name: 'Switched', condition: { type: 'back_in_stock' } }
  await app.inject({ method: 'POST', url: '/api/v1/alerts', payload })
  const page = await open(`${url}/#/alerts`)
  const on = page.getByRole('switch', { name: 'Alert Switched' })
  await on.focus()
  await page.keyboard.press('Space')
  await page.getByText('“Switched” is off.').waitFor()
  await focused(on)
})

test('a button keeps the focus while it saves, and saves once', async (t, open) => {
  const { id } = await create(app, { name: 'Saved' })
  const page = await open(`${url}/#/products/${id}`, { expected: [/^PATCH .* 503$/] })
  const answer = Promise.withResolvers<void>()
  let sent = 0
  await page.route(`**/products/${id}`, async (route) => {
    if (route.request().method() !== 'PATCH') return route.fallback()
    sent += 1
    await answer.promise
    return route.fulfill({ status: 503, json: { message: 'Not now' } })
  })
  await button(page, 'Edit').click()
  const save = button(page, 'Save')
  await save.focus()
  await page.keyboard.press('Enter')
  await page.locator('button[aria-disabled=true]').waitFor()
  await page.keyboard.press('Enter')
  answer.resolve()
  await page.getByRole('dialog').getByText('Not now').waitFor()
  await focused(save)
  t.equal(sent, 1)
})

test('a message that is dismissed leaves the page where it is', async (t, open) => {
  await createAll(
    app,
    Array.from({ length: 60 }, (_, index) => ({ name: `Scrolled ${index}` })),
  )
  const page = await open(`${url}/#/?q=scrolled`, { expected: [/^GET .*limit=200 503$/] })
  await page.route('**/products?*limit=200', (route) =>
    route.fulfill({ status: 503, json: { message: 'Not now' } }),
  )
  await button(page, 'Export as CSV').click()
  await page.getByText('Not exported: Not now').waitFor()
  await page.evaluate('scrollTo(0, 900)')
  await becomes(t, () => page.evaluate('scrollY'), 900)
  await button(page, 'Dismiss this message').click()
  await focused(heading(page, 'Catalogue'))
  t.equal(await page.evaluate('scrollY'), 900)
})

for (const [where, from, to] of [
  ['down', 'Moved a', 'Moved z'],
  ['up', 'Moved c', 'Moved 0'],
] as const) {
  test(`a product that moves ${where} the list keeps the focus`, async (_t, open) => {
    const names = ['Moved a', 'Moved b', 'Moved c']
    const products = await createAll(
      app,
      names.map((name) => ({ name, tags: [where] })),
    )
    const moved = products.find(({ name }) => name === from)
    const page = await open(`${url}/#/?tag=${where}&sort=name`)
    await link(page, from).focus()
    await app.store.updateProduct(moved?.id ?? '', { name: to })
    await focused(link(page, to))
  })
}

test('a product keeps the focus when its row is scrolled far away', async (t, open) => {
  await createAll(
    app,
    Array.from({ length: 150 }, (_, index) => ({ name: `Far ${index}`, tags: ['far'] })),
  )
  const page = await open(`${url}/#/?tag=far&sort=name`)
  await link(page, 'Far 0').focus()
  for (const part of [1, 2, 3]) {
    await page.evaluate('scrollTo(0, document.body.scrollHeight)')
    await page.getByRole('list', { name: `Products, part ${part + 1}` }).waitFor()
  }
  await becomes(t, () => link(page, 'Far 31').count(), 0)
  await focused(link(page, 'Far 0'))
})
