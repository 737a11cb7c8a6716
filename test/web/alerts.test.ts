import type { Page } from 'playwright-core'
import t from 'tap'
import { DAY_MS, HOUR_MS } from '../../history/time.ts'
import type { Alert, AlertList, NewAlert } from '../../schemas/alert.ts'
import { type App, offer } from '../routes/helper.ts'
import { showsColour } from './chart.ts'
import { becomes, focused, placeOf, textsOf } from './expect.ts'
import { serveLive, serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, app, time, add } = await serveStill(t)
const now = Date.now()
time.behind = 3 * DAY_MS
const mower = await add('Mower', [
  [now - 2 * DAY_MS, offer('a', 1000)],
  [now - 20 * HOUR_MS, offer('a', 800)],
  [now - 10 * HOUR_MS, offer('a', 1000)],
  [now - 5 * HOUR_MS, offer('a', 700)],
  [now - HOUR_MS, offer('a', 900)],
  [now, offer('a', 900)],
])
time.behind = 0

const ALERTS = '/api/v1/alerts'
const dialog = (page: Page) => page.getByRole('dialog')
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const told = (page: Page) => dialog(page).getByRole('status')
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const entries = (page: Page) => page.getByRole('list', { name: 'Alerts' }).getByRole('listitem')

async function alertNamed(name: string): Promise<Alert | undefined> {
  const { items } = (await app.inject(ALERTS)).json<AlertList>()
  return items.find((alert) => alert.name === name)
}

async function createAlert({ inject }: Pick<App, 'inject'>, alert: NewAlert): Promise<Alert> {
  return (await inject({ method: 'POST', url: ALERTS, payload: alert })).json<Alert>()
}

test('an alert is tried on the chart before it is created', async (t, open) => {
  const page = await open(`${url}/#/products/${mower.id}`, { colorScheme: 'light' })
  await button(page, 'Tell me when…').click()
  await focused(dialog(page).getByRole('combobox', { name: 'When' }))
  const price = dialog(page).getByRole('textbox', { name: 'Price' })
  await becomes(t, () => price.inputValue(), '900', 'the price as it is')
  await price.fill('850')
  await told(page).getByText('It would have fired 2 times between').waitFor()
  const firings = await textsOf(told(page).getByRole('listitem'))
  t.match(firings, [/: 700$/, /: 800$/], 'the latest first')
  await becomes(t, () => showsColour(page, '#b3261e', 'dialog .chart'), true, 'marked')
  await price.fill('600')
  await told(page).getByText('It would not have fired between').waitFor()
  await price.fill('850')
  const sent = page.waitForRequest((request) => request.url().endsWith(ALERTS))
  await button(page, 'Create').click()
  t.match((await sent).headers(), { 'idempotency-key': /./ })
  await page.getByText('“Mower: the price is below 850” watches from now on.').waitFor()
  await focused(button(page, 'Tell me when…'))
  t.match(await alertNamed('Mower: the price is below 850'), {
    product_id: mower.id,
    condition: { type: 'price_below', price: 850 },
    cooldown_s: 0,
    rearm_percent: 0,
    fire_if_true: false,
  })
  await button(page, 'All alerts').click()
  await heading(page, 'Alerts').waitFor()
})

test('an alert has the settings that were chosen', async (t, open) => {
  const page = await open(`${url}/#/products/${mower.id}?range=7d`)
  await button(page, 'Tell me when…').click()
  await dialog(page).getByRole('combobox', { name: 'When' }).selectOption('the price drops by')
  await dialog(page).getByRole('textbox', { name: 'By' }).fill('20')
  await told(page).getByText('It would have fired').waitFor()
  await dialog(page).getByRole('combobox', { name: 'In', exact: true }).selectOption('price')
  await dialog(page).getByRole('combobox', { name: 'Within' }).selectOption('7 days')
  await dialog(page).getByRole('checkbox', { name: 'Also if it is so already' }).check()
  await dialog(page).getByText('More settings').click()
  await dialog(page).getByRole('combobox', { name: 'Tell again' }).selectOption('after 6 hours')
  await dialog(page).getByRole('textbox', { name: 'Re-arm margin' }).fill('1.5')
  await dialog(page).getByRole('textbox', { name: 'Name' }).fill(' A good price ')
  await button(page, 'Create').click()
  await page.getByText('“A good price” watches from now on.').waitFor()
  t.match(await alertNamed('A good price'), {
    condition: { type: 'drop', absolute: 20, window: '7d' },
    cooldown_s: 21_600,
    rearm_percent: 1.5,
    fire_if_true: true,
  })
})

test('what is wrong with an alert is explained, and nothing is sent', async (t, open) => {
  const page = await open(`${url}/#/products/${mower.id}`)
  await button(page, 'Tell me when…').click()
  const price = dialog(page).getByRole('textbox', { name: 'Price' })
  await told(page).getByText('It would').waitFor()
  await price.fill('cheap')
  await told(page).getByText('Complete the fields above to see it.').waitFor()
  await button(page, 'Create').click()
  await dialog(page).getByRole('alert').getByText('Enter a price').waitFor()
  await focused(price)
  await button(page, 'Create').click()
  await focused(price)
  await dialog(page).getByText('More settings').click()
  await price.fill('1')
  await dialog(page).getByRole('textbox', { name: 'Re-arm margin' }).fill('200')
  await button(page, 'Create').click()
  await dialog(page).getByRole('alert').getByText('Enter a percentage from 0 to 100').waitFor()
  t.ok(await dialog(page).isVisible())
})

test('an alert that cannot be tried or created says why, and what was typed stays', async (t, open) => {
  const page = await open('about:blank', { expected: [/^POST \/api\/v1\/alerts(\/preview)? 403$/] })
  const json = { statusCode: 403, error: 'Forbidden', message: 'This token is only for reading' }
  await page.route('**/api/v1/alerts{,/preview}', (route) => route.fulfill({ status: 403, json }))
  await page.goto(`${url}/#/products/${mower.id}`)
  await button(page, 'Tell me when…').click()
  await told(page).getByText('No preview: This token is only for reading').waitFor()
  await dialog(page).getByRole('textbox', { name: 'Price' }).fill('123')
  await button(page, 'Create').click()
  await dialog(page).getByRole('alert').getByText('This token is only for reading').waitFor()
  t.equal(await dialog(page).getByRole('textbox', { name: 'Price' }).inputValue(), '123')
})

test('the alerts are listed, turned off and on, changed and deleted', async (t, open) => {
  const alert = await createAlert(app, {
    name: 'All of them',
    condition: { type: 'stale', for_s: 5400 },
    cooldown_s: 5400,
  })
  const page = await open(`${url}/#/alerts`)
  const entry = entries(page).filter({ hasText: 'All of them' })
  await entry.getByText('When the offers have not been checked for 90 minutes').waitFor()
  await entry.getByText('never fired').waitFor()
  await entry.getByRole('link', { name: 'all products' }).waitFor()
  const on = entry.getByRole('switch', { name: 'Alert All of them' })
  await on.click()
  await page.getByText('“All of them” is off.').waitFor()
  t.match(await alertNamed('All of them'), { enabled: false })
  await becomes(t, () => on.isChecked(), false)
  await on.click()
  await page.getByText('“All of them” is on.').waitFor()

  await entry.getByRole('link', { name: 'All of them' }).click()
  await focused(heading(page, 'All of them'))
  t.equal(placeOf(page), `#/alerts/${alert.id}`)
  await page.getByText('at most once in 90 minutes').waitFor()
  await page.getByText('It has not fired yet.').waitFor()
  await button(page, 'Edit').click()
  t.equal(await dialog(page).getByRole('combobox', { name: 'For' }).inputValue(), '5400')
  await told(page).getByText('It would not have fired between').waitFor()
  await dialog(page).getByRole('combobox', { name: 'For' }).selectOption('1 day')
  await button(page, 'Save').click()
  await page.getByText('when the offers have not been checked for 1 day').waitFor()
  await button(page, 'Edit').click()
  await button(page, 'Save').click()
  await dialog(page).waitFor({ state: 'detached' })

  await button(page, 'Delete').click()
  await button(page, 'Keep it').click()
  await button(page, 'Delete').click()
  await button(page, 'Delete it').click()
  await page.getByText('Deleted “All of them” with its firings.').waitFor()
  await focused(heading(page, 'Alerts'))
  await entry.waitFor({ state: 'detached' })
  t.equal(await alertNamed('All of them'), undefined)
})

test('an alert on all products is created from the list', async (t, open) => {
  const page = await open(`${url}/#/alerts`)
  await button(page, 'New alert').click()
  await dialog(page)
    .getByRole('combobox', { name: 'When' })
    .selectOption('no offer is in stock any more')
  await told(page)
    .getByText(/It would not have fired/)
    .waitFor()
  await button(page, 'Create').click()
  const name = 'All products: no offer is in stock any more'
  await entries(page).filter({ hasText: name }).waitFor()
  t.match(await alertNamed(name), { product_id: null, tag: null })
})

test('an alert on the products with a tag is created from the list', async (t, open) => {
  await app.store.updateProduct(mower.id, { tags: ['garden'] })
  const page = await open(`${url}/#/alerts`)
  await button(page, 'New alert').click()
  const tag = dialog(page).getByRole('textbox', { name: 'Only products with the tag' })
  await tag.fill('x'.repeat(65))
  await dialog(page).getByRole('textbox', { name: 'Price' }).fill('850')
  await button(page, 'Create').click()
  await dialog(page).getByRole('alert').getByText('The tag has 65 characters').waitFor()
  await tag.fill(' garden ')
  await told(page).getByText('It would have fired 2 times between').waitFor()
  await button(page, 'Create').click()
  const name = 'Tag garden: the price is below 850'
  const entry = entries(page).filter({ hasText: name })
  await entry.getByRole('link', { name: 'tag garden', exact: true }).waitFor()
  t.match(await alertNamed(name), { product_id: null, tag: 'garden' })
  await entry.getByRole('link', { name }).click()
  await button(page, 'Edit').click()
  t.equal(await tag.count(), 0, 'what it is about stays')
})

test('the firings of an alert are listed as they happen', async (t, open) => {
  const { url, app, id, offer: put } = await serveLive(t, 'Mower', offer('a', 300))
  const condition = { type: 'price_below', price: 280 } as const
  const alert = await createAlert(app, { name: 'Cheap', product_id: id, condition })
  const page = await open(`${url}/#/alerts/${alert.id}`)
  await page.getByText('It has not fired yet.').waitFor()
  put(offer('a', 250))
  const row = page.getByRole('region', { name: 'Firings' }).locator('tbody tr')
  await becomes(t, () => textsOf(row.locator('td')), ['Mower', '250', '300', '280'])
  await page.getByRole('link', { name: 'Alerts' }).click()
  await entries(page)
    .getByText(/^fired \d+ s ago$/)
    .waitFor()
  await entries(page).getByRole('link', { name: 'Mower' }).waitFor()
})

test('an alert that is not there is reported, with a way to go on', async (_t, open) => {
  const missing = '019aa9f0-5c00-7000-8000-00000000dead'
  const page = await open(`${url}/#/alerts/${missing}`, { expected: [/^GET .*\/alerts\/.* 404$/] })
  await page.getByRole('heading', { name: 'There is no such alert' }).waitFor()
  await page.getByRole('link', { name: 'Go to the alerts' }).click()
  await heading(page, 'Alerts').waitFor()
})

test('a message waits for the dialog that covers it', async (t, open) => {
  await createAlert(app, { name: 'Told', condition: { type: 'back_in_stock' } })
  const page = await open('about:blank')
  await page.clock.install()
  await page.goto(`${url}/#/alerts`)
  await page.getByRole('switch', { name: 'Alert Told' }).click()
  const message = page.getByText('“Told” is off.')
  await message.waitFor()
  await button(page, 'New alert').click()
  await dialog(page).waitFor()
  await page.clock.fastForward(60_000)
  t.equal(await message.count(), 1)
  await page.keyboard.press('Escape')
  await dialog(page).waitFor({ state: 'detached' })
  await page.clock.fastForward(60_000)
  await message.waitFor({ state: 'detached' })
})

test('a dialog asks for nothing while it reads what it is about', async (t, open) => {
  const page = await open(`${url}/#/products/${mower.id}`)
  const held = Promise.withResolvers<void>()
  await button(page, 'Tell me when…').waitFor()
  await page.route('**/trend?*', async (route) => {
    await held.promise
    await route.fallback()
  })
  await button(page, 'Tell me when…').click()
  await dialog(page).getByRole('heading', { name: 'What it would have told' }).waitFor()
  t.strictSame(await textsOf(told(page)), [''])
  held.resolve()
  await told(page).getByText('It would').waitFor()
})

test('a dialog that cannot be loaded is reported, and can be tried again', async (_t, open) => {
  const page = await open('about:blank', { expected: [/^GET \/assets\/dialog-\w+\.js /] })
  await page.route('**/assets/dialog-*.js', (route) => route.abort())
  await page.goto(`${url}/#/products/${mower.id}`)
  await button(page, 'Tell me when…').click()
  await page.getByText('Not opened: this part of the page could not be loaded').waitFor()
})
