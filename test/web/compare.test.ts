import type { Page } from 'playwright-core'
import t from 'tap'
import { DAY_MS, HOUR_MS } from '../../history/time.ts'
import { offer, UNKNOWN_ID } from '../routes/helper.ts'
import { lineColour, showsColour } from './chart.ts'
import { becomes, focused, placeOf, textsOf } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, time, add } = await serveStill(t)
const now = Date.now()
time.behind = 3 * DAY_MS
const ids: string[] = []
for (const name of ['Mower', 'Drill', 'Ladder', 'Hose', 'Pump', 'Saw']) {
  const price = 1000 + 100 * ids.length
  const { id } = await add(name, [
    [now - 2 * DAY_MS, offer('a', price)],
    [now - 2 * HOUR_MS, offer('a', price - 100)],
    [now, offer('a', price - 100)],
  ])
  ids.push(id)
}
time.behind = 0
const [mower = '', drill = ''] = ids
const addressOf = (ids: string[]) =>
  `${url}/#/compare?${new URLSearchParams(ids.map((id) => ['id', id]))}`

const finder = (page: Page) => page.getByRole('searchbox', { name: 'Add a product' })
const rows = (page: Page) =>
  page.getByRole('region', { name: 'Compared products' }).locator('tbody tr')
const found = (page: Page) => page.getByRole('list', { name: 'Found products' }).getByRole('button')

test('products are compared in one chart, beginning with the one that is shown', async (t, open) => {
  const page = await open(`${url}/#/products/${mower}`, { colorScheme: 'light' })
  await page.getByRole('link', { name: 'Compare' }).click()
  await focused(page.getByRole('heading', { name: 'Compare products' }))
  await becomes(t, () => textsOf(rows(page)), ['Mower✕9009001,000-10.0 %'])
  await finder(page).fill('dri')
  await found(page).getByText('Drill').click()
  await focused(finder(page))
  await becomes(t, () => textsOf(rows(page).locator('a')), ['Mower', 'Drill'])
  t.strictSame(new URLSearchParams(placeOf(page).split('?')[1]).getAll('id'), [mower, drill])
  for (const row of await rows(page).all()) {
    const colour = await lineColour(row)
    await becomes(t, () => showsColour(page, colour), true, colour)
  }
  const slider = page.getByRole('slider', { name: 'Prices at a moment' })
  t.match(await slider.getAttribute('aria-valuetext'), /: Mower 900; Drill 1,000$/)
  await page.getByRole('button', { name: 'Leave out Mower' }).click()
  await becomes(t, () => textsOf(rows(page).locator('a')), ['Drill'])
})

test('the address says what is compared, and over which range', async (t, open) => {
  const page = await open(addressOf([...ids, mower]))
  await becomes(t, async () => (await textsOf(rows(page).locator('a'))).length, 5)
  await page.getByText('A chart compares five products at most.').waitFor()
  t.equal(await finder(page).count(), 0)
  await page.getByRole('radio', { name: '1 h', exact: true }).check()
  await becomes(t, async () => (await textsOf(rows(page).locator('td'))).slice(1, 3), [
    '900',
    '900',
  ])
  t.match(placeOf(page), /&range=1h$/)
})

test('the chart of a comparison is saved as a picture, and zoomed', async (t, open) => {
  const page = await open(addressOf([mower, drill]))
  await page.locator('.plot canvas').waitFor()
  await page.getByRole('slider', { name: 'Prices at a moment' }).focus()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Chart as PNG' }).click(),
  ])
  t.equal(download.suggestedFilename(), 'Compared prices.png')
  await page.getByRole('slider', { name: 'Prices at a moment' }).focus()
  await page.keyboard.press('+')
  await becomes(t, async () => placeOf(page).includes('from='), true)
})

test('what is not there is left out, and an empty comparison says what to do', async (t, open) => {
  const page = await open(addressOf([UNKNOWN_ID]))
  await page.getByText('Add products to compare their prices.').waitFor()
  t.equal(await rows(page).count(), 0)
  await finder(page).fill('nothing like it')
  await page.getByText('No product matches.').waitFor()
})

test('what is not there makes room for another product', async (t, open) => {
  const page = await open(addressOf(['mower', UNKNOWN_ID, ...ids.slice(0, 4)]))
  await becomes(t, async () => (await textsOf(rows(page).locator('a'))).length, 4)
  await page.getByText('1 product left out of the comparison: no longer there.').waitFor()
  t.notMatch(placeOf(page), UNKNOWN_ID)
  await finder(page).fill('pump')
  await found(page).getByText('Pump').click()
  await becomes(t, async () => (await textsOf(rows(page).locator('a'))).length, 5)
  await focused(page.getByRole('heading', { name: 'Compare products' }))
})

test('a long name fits beside the cursor', async (t, open) => {
  const name = `${'A very long name of a product '.repeat(8)}.`
  const { id } = await add(name, [[now, offer('a', 1)]])
  const page = await open(addressOf([id, mower]), { viewport: { width: 360, height: 740 } })
  await page.locator('.plot canvas').waitFor()
  await page.locator('.plot .u-over').hover()
  await page.locator('.readout').waitFor()
  t.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true)
})

test('a comparison that cannot be read says why', async (_t, open) => {
  const page = await open('about:blank', {
    expected: [/^GET \/api\/v1\/products\/.*\/trend\?.* 503$/],
  })
  const json = { statusCode: 503, error: 'Service Unavailable', message: 'Not now' }
  await page.route('**/trend?*', (route) => route.fulfill({ status: 503, json }))
  await page.goto(addressOf([mower]))
  await page.getByRole('alert').getByText('Not now').waitFor()
})
