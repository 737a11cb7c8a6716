/** The chart of the stock, where every change of it is too much. */
import t from 'tap'
import { HOUR_MS } from '../../history/time.ts'
import { offer } from '../routes/helper.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, time, add } = await serveStill(t)
const now = Date.now()
time.behind = 4 * HOUR_MS
const { id } = await add('Mower', [
  [now - 4 * HOUR_MS, offer('a', 900, 3)],
  [now, offer('a', 900, 3)],
])
time.behind = 0
const place = `${url}/#/products/${id}?range=24h&stock=true`

/** The lowest price of an hour, and the lowest stock in it. */
const bucket = (hours: number, price: number | null, low: number | null) => ({
  at: new Date(now - hours * HOUR_MS).toISOString(),
  ...{ open: price, close: price, low: price, high: price, mean: price },
  items_in_stock: { low, high: low && low + 5 },
})

test('where there are too many changes to draw, the lowest stock of each bucket is', async (t, open) => {
  const page = await open('about:blank', { expected: [/interval=raw 400$/] })
  const json = { statusCode: 400, code: 'TOO_MANY_POINTS', message: 'More than 10,000 points' }
  let refused = 0
  await page.route('**/trend?*interval=raw', (route) => {
    if (!route.request().url().includes('/offers/')) refused += 1
    return route.fulfill({ status: 400, json })
  })
  // The first one is from an earlier version, which did not keep the stock; at last nothing was in stock.
  const buckets = [
    bucket(4, 900, null),
    bucket(3, 900, 3),
    bucket(2, 900, 3),
    bucket(1, null, null),
  ]
  await page.route('**/trend?*interval=auto', async (route) => {
    const response = await route.fetch()
    const trend = await response.json()
    await route.fulfill({ response, json: { ...trend, buckets, interval: '1h', gaps: [] } })
  })
  await page.goto(place)
  const stock = page.getByRole('region', { name: 'Stock' })
  await stock.getByText('this is the lowest stock within 1 hour,').waitFor()
  const reader = page.getByRole('slider', { name: 'Stock at a moment', exact: true })
  await reader.focus()
  const readings = new Set<string | undefined>()
  for (let key = 0; key < 5; key += 1) {
    readings.add((await reader.getAttribute('aria-valuetext'))?.replace(/^.*?: /, ''))
    await page.keyboard.press('ArrowLeft')
  }
  t.strictSame(
    [...readings],
    ['at the lowest price 0', 'at the lowest price 3; offer a 3', 'nothing on sale'],
  )
  const line = page.getByRole('checkbox', { name: 'Draw offer a' })
  await line.uncheck()
  await line.check()
  t.equal(refused, 1, 'every change is asked for once')
  await page.unrouteAll({ behavior: 'ignoreErrors' }) // An answer can still be on its way.
})

test('a stock that cannot be read says so, and the prices stay', async (_t, open) => {
  const page = await open('about:blank', { expected: [/interval=raw 503$/] })
  const json = { statusCode: 503, error: 'Service Unavailable', message: 'Not now' }
  await page.route('**/trend?*interval=raw', (route) => route.fulfill({ status: 503, json }))
  await page.goto(place)
  await page.getByRole('region', { name: 'Stock' }).getByText('Not now').waitFor()
  await page.getByRole('slider', { name: 'Prices at a moment', exact: true }).waitFor()
})
