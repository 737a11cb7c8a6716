import type { Page } from 'playwright-core'
import t from 'tap'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import { faultsOf, filtersIn, toFilters, toTyped } from '../../web/mover-filters.ts'
import { offer } from '../routes/helper.ts'
import { becomes, placeOf, textsOf } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

/** Polls that found these prices so long before `now`. */
const pricesBefore =
  (now: number) =>
  (...steps: [ago: number, price: number][]) =>
    steps.map(([ago, price]): [number, ReturnType<typeof offer>] => [now - ago, offer('a', price)])

const movers = (page: Page, direction: string) => () =>
  textsOf(page.getByRole('region', { name: direction }).getByRole('listitem'))

test('the movers are ranked both ways, within a window of choice', async (t, open) => {
  const { url, time, add } = await serveStill(t)
  const prices = pricesBefore(Date.now())
  time.behind = 3 * DAY_MS
  await add('Halved', prices([2 * DAY_MS, 300], [2 * HOUR_MS, 150]))
  await add('Down a bit', prices([2 * DAY_MS, 1000], [MINUTE_MS, 900]))
  await add('Up', prices([2 * DAY_MS, 1000], [MINUTE_MS, 1200]))
  time.behind = 0
  const page = await open(`${url}/#/movers`)
  await becomes(t, movers(page, 'Drops'), [
    'Halved300 → 150-50.0 %',
    'Down a bit1,000 → 900-10.0 %',
  ])
  await becomes(t, movers(page, 'Rises'), ['Up1,000 → 1,200+20.0 %'])
  await page.getByRole('radio', { name: '1 hour' }).check()
  await becomes(t, movers(page, 'Drops'), ['Down a bit1,000 → 900-10.0 %'])
  t.equal(placeOf(page), '#/movers?window=1h')
  await page.reload()
  await becomes(t, movers(page, 'Drops'), ['Down a bit1,000 → 900-10.0 %'])
  await page.goBack()
  await page.getByRole('radio', { name: '24 hours', checked: true }).waitFor()
  await page.goForward()
  await page.getByRole('radio', { name: '1 hour', checked: true }).waitFor()
  await page.getByRole('link', { name: 'Down a bit' }).click()
  await page.getByRole('heading', { level: 1, name: 'Down a bit' }).waitFor()
})

test('if no price has moved, the page says so', async (t, open) => {
  const { url } = await serveStill(t)
  const page = await open(`${url}/#/movers`)
  const told = page.getByText('No price moved this way.')
  await becomes(t, () => told.count(), 2)
})

test('the movers are filtered, and the address keeps the filters', async (t, open) => {
  const { app, url, time, add } = await serveStill(t)
  const prices = pricesBefore(Date.now())
  time.behind = 40 * DAY_MS
  const cheap = await add('Cheap', prices([35 * DAY_MS, 1000], [HOUR_MS, 500]))
  await add('Dear', prices([35 * DAY_MS, 50_000], [HOUR_MS, 40_000]))
  await add('Steady', prices([35 * DAY_MS, 2000], [HOUR_MS, 1980]))
  time.behind = 0
  await app.store.updateProduct(cheap.id, { tags: ['garden', 'small'] })
  const page = await open(`${url}/#/movers`)
  const drops = movers(page, 'Drops')
  const all = ['Cheap1,000 → 500-50.0 %', 'Dear50,000 → 40,000-20.0 %', 'Steady2,000 → 1,980-1.0 %']
  await becomes(t, drops, all)
  await page.getByText('Filters', { exact: true }).click()
  const apply = () => page.getByRole('button', { name: 'Apply' }).click()

  await page.getByLabel('Moved by percent').fill('5')
  await page.getByLabel('Moved by price').fill('100')
  await page.getByLabel('Price from').fill('100')
  await page.getByLabel('Price now').selectOption('at its 30-day low')
  await apply()
  await becomes(t, drops, all.slice(0, 2))
  t.equal(placeOf(page), '#/movers?min_percent=5&min_absolute=100&price_min=100&at_low=30d')

  await page.getByLabel('With all tags').fill('small, garden')
  await page.getByLabel('Price to').fill('50')
  await apply()
  await page.getByText('Enter a price that is not below the lowest').waitFor()
  await page.getByLabel('Price to').fill('600')
  await apply()
  await becomes(t, drops, all.slice(0, 1))
  await becomes(t, () => page.getByText('No product with these filters moved this way.').count(), 1)

  await page.reload()
  await becomes(t, drops, all.slice(0, 1))
  t.equal(await page.getByLabel('With all tags').inputValue(), 'small, garden')
  await page.getByText('Filters (6)').waitFor()
  await page.goBack()
  await becomes(t, drops, all.slice(0, 2))
  t.equal(await page.getByLabel('Price to').inputValue(), '')
  await page.getByRole('radio', { name: '7 days' }).check()
  await becomes(t, async () => placeOf(page).includes('window=7d&min_percent=5'), true)
  await page.getByRole('button', { name: 'Clear' }).click()
  await becomes(t, drops, all)
  t.equal(placeOf(page), '#/movers?window=7d')
  t.equal(await page.getByLabel('Moved by percent').inputValue(), '')
})

t.test('filters of an address that are not valid are left out', async (t) => {
  const query = new URLSearchParams(
    `min_percent=a&min_absolute=-1&price_min=1.5&price_max=7&tag=a&tag=%20a&tag=&tag=${'x'.repeat(65)}&at_low=2d`,
  )
  t.equal(filtersIn(query).toString(), 'price_max=7&tag=a')
  t.equal(filtersIn(new URLSearchParams()).toString(), '')
  t.equal(filtersIn(new URLSearchParams('price_max=9007199254740992')).toString(), '')
})

t.test('the largest price that the API takes is a filter', async (t) => {
  const typed = { ...toTyped(new URLSearchParams()), price_max: '9007199254740991' }
  t.strictSame(faultsOf(typed), {})
  t.equal(toFilters(typed).toString(), 'price_max=9007199254740991')
})

t.test('filters are typed and stored without a loss', async (t) => {
  const address =
    'min_percent=2.5&min_absolute=3&price_min=1&price_max=9&tag=a%2Cb&tag=c&at_low=all'
  const filters = filtersIn(new URLSearchParams(address))
  t.equal(filters.toString(), address)
  t.equal(toFilters(toTyped(filters)).toString(), address)
})

t.test('a percentage can have a decimal comma, and is sent with a point', async (t) => {
  const typed = { ...toTyped(new URLSearchParams()), min_percent: ' 2,5 ' }
  t.strictSame(faultsOf(typed), {})
  t.equal(toFilters(typed).toString(), 'min_percent=2.5')
  t.equal(filtersIn(new URLSearchParams('min_percent=2,5')).toString(), 'min_percent=2.5')
  t.strictSame(Object.keys(faultsOf({ ...typed, min_percent: '1,000' })), ['min_percent'])
})

t.test('what is wrong with a filter is said', async (t) => {
  const none = toTyped(new URLSearchParams())
  t.strictSame(faultsOf(none), {})
  const wrong = { ...none, min_percent: '1 %', price_min: 'x', tag: 'x'.repeat(65) }
  t.strictSame(Object.keys(faultsOf(wrong)), ['min_percent', 'price_min', 'tag'])
  const prices = { ...none, price_min: '5', price_max: '4' }
  t.strictSame(Object.keys(faultsOf(prices)), ['price_max'])
  t.strictSame(faultsOf({ ...prices, price_max: '5' }), {})
  const tags = Array.from({ length: 33 }, (_, index) => String(index)).join()
  t.match(faultsOf({ ...none, tag: tags }), { tag: 'Enter 32 tags at most' })
})
