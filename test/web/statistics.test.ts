import type { Page } from 'playwright-core'
import t from 'tap'
import { DAY_MS, HOUR_MS } from '../../history/time.ts'
import type { ProductStats } from '../../schemas/stats.ts'
import { isAt30DayLow } from '../../web/product/at-low.ts'
import { offer } from '../routes/helper.ts'
import { becomes, textsOf } from './expect.ts'
import { serveLive, serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, time, add } = await serveStill(t)
const now = Date.now()
time.behind = 50 * DAY_MS
const falling = await add('Falling', [
  [now - 40 * DAY_MS, offer('a', 700)],
  [now - 39 * DAY_MS, offer('a', 1200)],
  [now - 20 * DAY_MS, offer('a', 1000, 0)],
  [now - 10 * DAY_MS, offer('a', 1000)],
  [now - 2 * DAY_MS, offer('a', 1000)],
  [now - 2 * HOUR_MS, offer('a', 800)],
  [now, offer('a', 800)],
])
const steady = await add('Steady', [
  [now - 40 * DAY_MS, offer('a', 500)],
  [now, offer('a', 500)],
])
time.behind = 0

const statistics = (page: Page) => page.getByRole('region', { name: 'Statistics', exact: true })
const badge = (page: Page) => page.getByText('at its 30-day low', { exact: true })
const row = (page: Page, window: string) =>
  textsOf(
    statistics(page)
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name: window, exact: true }) })
      .locator('td'),
  )

test('a product shows its extremes of all time with their dates, and the figures of windows', async (t, open) => {
  const page = await open(`${url}/#/products/${falling.id}`, { timezoneId: 'UTC' })
  const date = (ms: number) =>
    new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' }).format(ms)
  await becomes(t, () => textsOf(statistics(page).locator('dl > div')), [
    `All-time low700 on ${date(now - 40 * DAY_MS)}`,
    `All-time high1,200 on ${date(now - 39 * DAY_MS)}`,
  ])
  t.strictSame((await row(page, '1 day')).toSpliced(2, 1), [
    '800',
    '1,000',
    '-20.0 %',
    '0 %',
    '100 %',
  ])
  const [low, high, , change, gone] = await row(page, '30 days')
  t.strictSame([low, high, change], ['800', '1,200', '-33.33 %'])
  t.match(gone, /^\d+(\.\d)? %$/)
  t.equal(await statistics(page).getByRole('row').count(), 6)
})

test('a price that is the lowest of 30 days has a badge', async (t, open) => {
  const page = await open(`${url}/#/products/${falling.id}`)
  await badge(page).waitFor()
  await page.goto(`${url}/#/products/${steady.id}`)
  await page.getByRole('heading', { level: 1, name: 'Steady' }).waitFor()
  await statistics(page).waitFor()
  t.equal(await badge(page).count(), 0)
})

test('the statistics follow the price', async (t, open) => {
  const { url, id, offer: put } = await serveLive(t, 'Mower', offer('a', 300))
  const page = await open(`${url}/#/products/${id}`)
  await statistics(page).waitFor()
  t.equal(await badge(page).count(), 0)
  put(offer('a', 250))
  await badge(page).waitFor()
  await becomes(t, async () => (await row(page, '1 year')).slice(0, 2), ['250', '300'])
})

test('a product is shown without statistics that cannot be read, and says why', async (t, open) => {
  const page = await open('about:blank', { expected: [/^GET \/api\/v1\/products\/.*\/stats 503$/] })
  const json = { statusCode: 503, error: 'Service Unavailable', message: 'The history is damaged' }
  await page.route('**/stats', (route) => route.fulfill({ status: 503, json }))
  await page.goto(`${url}/#/products/${falling.id}`)
  await page.getByRole('heading', { level: 1, name: 'Falling' }).waitFor()
  await page.getByRole('alert').getByText('The history is damaged').waitFor()
  t.equal(await statistics(page).count(), 0)
})

const WINDOW = { mean: null, first: null, change_percent: null, out_of_stock: null, coverage: 1 }
const windowOf = (low: number | null, high: number | null) => ({ ...WINDOW, low, high })

for (const [what, lowest, low, high, wanted] of [
  ['the lowest of them', 5, 5, 9, true],
  ['lower than the statistics know', 4, 5, 9, true],
  ['higher than the lowest', 6, 5, 9, false],
  ['the same all the time', 5, 5, 5, false],
  ['nothing in stock', null, 5, 9, false],
  ['the first after 30 days without one', 5, null, null, false],
] as const) {
  t.test(`whether a price is the low of 30 days: ${what}`, async (t) => {
    const other = windowOf(null, null)
    const stats: ProductStats = {
      product_id: '',
      lowest_price: lowest,
      all_time: { low: null, high: null },
      windows: {
        '1d': other,
        '7d': other,
        '30d': windowOf(low, high),
        '90d': other,
        '365d': other,
      },
    }
    t.equal(isAt30DayLow(stats, lowest), wanted)
  })
}
