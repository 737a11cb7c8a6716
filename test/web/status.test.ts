import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { databaseUrl, startApp } from '../helper.ts'
import { create, createAll, failed, NO_UPSTREAM, offer } from '../routes/helper.ts'
import { isAccessible } from './axe.ts'
import { becomes, placeOf, textsOf } from './expect.ts'
import { serve, serveStill } from './service.ts'
import { test } from './visit.ts'

/** A service that can stop and start again at the same address, with the same data. */
async function startRestartable(t: Test) {
  const variables = { ...NO_UPSTREAM, DATABASE_URL: await databaseUrl(t) }
  const { url, app } = await serve(t, variables)
  const service = {
    url,
    app,
    stop: () => service.app.close(),
    async restart(): Promise<void> {
      service.app = await startApp(t, variables)
      await service.app.listen({ host: '127.0.0.1', port: Number(new URL(url).port) })
    },
  }
  return service
}

/** The failures while the service is stopped, and as it stops. */
const expected = [/ net::ERR_\w+$/, / 503$/]

const away = (page: Page) =>
  page.getByText('The service cannot be reached. What you see may be out of date')

const status = (page: Page) => page.locator('.status')

test('the status line counts, follows, and says that the data is simulated', async (t, open) => {
  const { app, url } = await serve(t)
  const page = await open(url)
  await status(page).getByText('1 product', { exact: true }).waitFor()
  await status(page).getByText('simulated data').waitFor()
  await create(app, { name: 'Mower' })
  await status(page).getByText('2 products', { exact: true }).waitFor()
  await status(page).getByText('100 % fresh').waitFor()
  await status(page)
    .getByText(/^Offers service answered \d+ (s|min) ago$/)
    .waitFor()
})

test('the status line says why the Offers service fails', async (t, open) => {
  const service = await startRestartable(t)
  await create(service.app, { name: 'Axe' })
  const page = await open(service.url)
  await status(page)
    .getByText(/^\d+ waiting for registration$/)
    .waitFor()
  const why = 'Offers service failing: The Offers service cannot be reached (ECONNREFUSED)'
  await status(page).getByText(why).waitFor()
  t.equal(await status(page).getByText('simulated data').count(), 0)
})

test('the status line counts what waits or fails, and calls none of that fresh', async (t, open) => {
  const { app, url, add } = await serveStill(t)
  const now = Date.now()
  const page = await open(url)
  await page.getByRole('link', { name: 'import a file' }).waitFor()
  const says = (text: string | RegExp) => status(page).getByText(text, { exact: true }).waitFor()
  const { token } = await add('Mower', [[now, offer('a', 1)]])
  await says(/^100 % fresh, 95 % checked within \d+ s$/)
  await createAll(app, [{ name: 'Axe' }, { name: 'Saw' }])
  await says('33.3 % fresh')
  await app.store.settle([failed(token, now)])
  await says('1 failing')
  await isAccessible(t, page)
  await status(page).getByRole('link', { name: '1 failing' }).click()
  await becomes(t, () => textsOf(page.locator('.rows .row a')), ['Saw', 'Axe'])
  await status(page).getByRole('link', { name: '2 waiting for registration' }).click()
  await becomes(t, async () => placeOf(page), '#/?show=pending')
})

test('the status line calls nothing fresh where all is rejected', async (t, open) => {
  const { app, url, add } = await serveStill(t)
  const { token } = await add('Mower')
  const page = await open(url)
  await status(page).getByText('0 % fresh', { exact: true }).waitFor()
  await app.store.settle([{ type: 'rejected', token, version: 1, reason: 'No', at: Date.now() }])
  await status(page).getByText('nothing to check yet', { exact: true }).waitFor()
})

test('the catalogue says that the service is away, and goes on when it is back', async (t, open) => {
  const service = await startRestartable(t)
  await create(service.app, { name: 'Mower' })
  const page = await open(`${service.url}/#/?q=mower`, { expected })
  const names = () => textsOf(page.locator('.rows .row a'))
  await becomes(t, names, ['Mower'])
  await service.stop()
  await away(page).waitFor()
  t.strictSame(await names(), ['Mower'], 'what was read stays')
  await isAccessible(t, page)
  await service.restart()
  await create(service.app, { name: 'Another mower' })
  await becomes(t, names, ['Another mower', 'Mower'])
  await away(page).waitFor({ state: 'detached' })
})

test('a product is followed again when the service is back', async (t, open) => {
  const service = await startRestartable(t)
  const { id } = await create(service.app, { name: 'Saw' })
  const page = await open(`${service.url}/#/products/${id}`, { expected })
  const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true })
  await heading('Saw').waitFor()
  await service.stop()
  await away(page).waitFor()
  await heading('Saw').waitFor()
  await service.restart()
  await away(page).waitFor({ state: 'detached' })
  await service.app.store.updateProduct(id, { name: 'Chain saw' })
  await heading('Chain saw').waitFor()
})

test('what cannot be done while the service is away is not lost', async (t, open) => {
  const service = await startRestartable(t)
  const page = await open(`${service.url}/#/?q=nothing`, { expected })
  await page.getByText('No product matches.').waitFor()
  await service.stop()
  await page.getByRole('button', { name: 'New product' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Rake')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('dialog').getByText('The service cannot be reached').waitFor()
  await service.restart()
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { level: 1, name: 'Rake' }).waitFor()
})

test('a part of the page that cannot be loaded is reported, and can be loaded later', async (t, open) => {
  const service = await startRestartable(t)
  const page = await open(`${service.url}/#/?q=nothing`, { expected })
  await page.getByText('No product matches.').waitFor()
  await service.stop()
  await page.getByRole('link', { name: 'Import' }).click()
  await page.getByText('This part of the page could not be loaded.').waitFor()
  await service.restart()
  await page.getByRole('button', { name: 'Reload the page' }).click()
  await page.getByRole('heading', { name: 'Import products' }).waitFor()
})
